import type { Owner } from "../../tar/arrange.ts";
import { quoted, usageError } from "./usage_error.ts";

/** The greatest number of a user or group that a container takes. */
export const MAX_ID: number = 2 ** 31 - 1;

/** The last second of the year 9999, the end of what RFC 3339 can write. */
export const MAX_SECONDS: number = 253402300799;

/**
 * Reads digits as a number.
 *
 * @returns `undefined` where the text is not digits alone, or the number is out
 * of the range.
 */
export function wholeNumber(
  text: string,
  minimum: number,
  maximum: number,
): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= minimum && number <= maximum ? number : undefined;
}

/** Parses `--mtime` and `SOURCE_DATE_EPOCH`: seconds since 1970. */
export function parseSeconds(name: string, text: string): number {
  const seconds = wholeNumber(text, 0, MAX_SECONDS);
  if (seconds === undefined) {
    throw usageError(
      `Cannot use ${name} ${quoted(text)}: ` +
        `write seconds since 1970, a whole number from 0 to ${MAX_SECONDS}`,
    );
  }
  return seconds;
}

/** Parses `--compression-level`. */
export function parseCompressionLevel(text: string): number {
  const level = wholeNumber(text, 1, 12);
  if (level === undefined) {
    throw usageError(
      `Cannot use --compression-level ${quoted(text)}: ` +
        "write a whole number from 1 (fast) to 12 (small)",
    );
  }
  return level;
}

/** The most blobs that are sent at the same time: more is no faster. */
const MAX_CONCURRENCY = 64;

/** Parses `--concurrency`. */
export function parseConcurrency(text: string): number {
  const count = wholeNumber(text, 1, MAX_CONCURRENCY);
  if (count === undefined) {
    throw usageError(
      `Cannot use --concurrency ${quoted(text)}: ` +
        `write a whole number from 1 to ${MAX_CONCURRENCY}`,
    );
  }
  return count;
}

/** Parses `--owner`: `UID:GID`. */
export function parseOwner(text: string): Owner {
  const [user = "", group = "", ...rest] = text.split(":");
  const uid = wholeNumber(user, 0, MAX_ID);
  const gid = wholeNumber(group, 0, MAX_ID);
  if (uid === undefined || gid === undefined || rest.length > 0) {
    throw usageError(
      `Cannot use --owner ${quoted(text)}: write UID:GID as two numbers ` +
        `from 0 to ${MAX_ID}, as in 1000:1000`,
    );
  }
  return { uid, gid };
}
