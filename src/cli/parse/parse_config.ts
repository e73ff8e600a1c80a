import { MAX_ID, wholeNumber } from "./parse_numbers.ts";
import { quoted, usageError } from "./usage_error.ts";

/**
 * Parses `--user`: a name or number, with `:group` where wanted. A number over
 * 2^31-1 is refused, because runtimes have taken such numbers for root.
 *
 * @see {@link https://github.com/advisories/GHSA-265r-hfxg-fhmg}
 */
export function parseUser(text: string): string {
  const parts = text.split(":");
  if (parts.length > 2 || !parts.every((part) => /^[^\s:\0]+$/.test(part))) {
    throw usageError(
      `Cannot use --user ${quoted(text)}: ` +
        "write USER or USER:GROUP, by names or numbers, as in 1000:1000",
    );
  }
  for (const part of parts) {
    const numeric = /^[+-]?\d+$/.test(part);
    if (numeric && wholeNumber(part, 0, MAX_ID) === undefined) {
      throw usageError(
        `Cannot use --user ${quoted(text)}: ` +
          `a number must be from 0 to ${MAX_ID}`,
      );
    }
  }
  return text;
}

/**
 * Makes the parser of a flag that takes a path in the image. Paths of Windows
 * images begin with a drive.
 *
 * @param flag Name of the flag, for messages.
 */
export function imagePathParser(flag: string): (text: string) => string {
  return (text) => {
    if (!/^(?:\/|[A-Za-z]:[\\/])/.test(text) || text.includes("\0")) {
      throw usageError(
        `Cannot use --${flag} ${quoted(text)}: ` +
          "the path in the image must be absolute, as in /data",
      );
    }
    return text;
  };
}

/**
 * Parses `--expose`: a port or a range of ports, with `/tcp`, `/udp` or `/sctp`
 * where wanted.
 *
 * @returns The port with its protocol; `tcp` is the default.
 */
export function parsePort(text: string): string {
  const [, first = "", last = first, protocol = "tcp"] =
    /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
  const from = wholeNumber(first, 1, 65535);
  const to = wholeNumber(last, 1, 65535);
  if (from === undefined || to === undefined || to < from) {
    throw usageError(
      `Cannot use --expose ${quoted(text)}: write a port from 1 to 65535, ` +
        "as in 8080, 53/udp or 8000-8010",
    );
  }
  return `${from === to ? from : `${from}-${to}`}/${protocol}`;
}

/** Parses `--stop-signal`: a name like `SIGTERM` or `SIGRTMIN+3`, or a number. */
export function parseStopSignal(text: string): string {
  const number = wholeNumber(text, 1, 64);
  if (number === undefined && !/^SIG[A-Z0-9]+(?:[+-]\d{1,2})?$/.test(text)) {
    throw usageError(
      `Cannot use --stop-signal ${quoted(text)}: ` +
        "write a name as in SIGTERM or SIGRTMIN+3, or a number from 1 to 64",
    );
  }
  return text;
}
