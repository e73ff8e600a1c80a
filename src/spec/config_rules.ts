/** The greatest number of a user or group that a container takes. */
export const MAX_ID: number = 2 ** 31 - 1;

/** The least time that a health check can be given, in nanoseconds: 1 ms. */
const MIN_DURATION = 1_000_000;

/**
 * What is wrong with the user that a program runs as. A number over 2^31-1 is
 * refused, because runtimes have taken such numbers for root.
 *
 * @returns `undefined` where nothing is, else what to write.
 * @see {@link https://github.com/advisories/GHSA-265r-hfxg-fhmg}
 */
export function userFault(text: string): string | undefined {
  const parts = text.split(":");
  if (parts.length > 2 || !parts.every((part) => /^[^\s:\0]+$/.test(part))) {
    return "write USER or USER:GROUP, by names or numbers, as in 1000:1000";
  }
  const fits = (part: string) =>
    !/^[+-]?\d+$/.test(part) ||
    (/^\d{1,15}$/.test(part) && Number(part) <= MAX_ID);
  return parts.every(fits) ? undefined : `a number must be from 0 to ${MAX_ID}`;
}

/**
 * What is wrong with a path in the image. Paths of Windows images begin with a
 * drive.
 *
 * @returns `undefined` where nothing is, else what to write.
 */
export function imagePathFault(text: string): string | undefined {
  return /^(?:\/|[A-Za-z]:[\\/])/.test(text) && !text.includes("\0")
    ? undefined
    : "the path in the image must be absolute, as in /data";
}

/**
 * What is wrong with the path of a volume. No container starts with one that is
 * all of the image.
 *
 * @returns `undefined` where nothing is, else what to write.
 * @see {@link https://github.com/moby/moby/blob/v27.0.0/volume/mounts/linux_parser.go}
 */
export function volumeFault(text: string): string | undefined {
  return imagePathFault(text) ??
    (text.split("/").every((name) => ["", ".", ".."].includes(name))
      ? "the root of the image cannot be a volume; name a directory in it"
      : undefined);
}

/**
 * What is wrong with a path that begins with a drive. Only Windows has drives;
 * elsewhere no container starts with it. Some shells of Windows make
 * `C:/Program Files/Git/app` of the argument `/app`.
 *
 * @param os The operating system of the image.
 * @returns `undefined` where nothing is, else what to write.
 */
export function driveFault(text: string, os: string): string | undefined {
  return os !== "windows" && /^[A-Za-z]:/.test(text)
    ? `an image for ${os} has no drives; write a path that begins with /`
    : undefined;
}

/** A port, or a range of ports, of a protocol. */
export interface PortRange {
  /** The first port. */
  readonly first: number;
  /** The last port, the same as the first where it is one. */
  readonly last: number;
  /** The protocol; nothing says `tcp`. */
  readonly protocol?: string;
}

/**
 * Reads a port or a range of ports, with `/tcp`, `/udp` or `/sctp` where
 * wanted.
 *
 * @returns `undefined` where the text is none.
 */
export function portRange(text: string): PortRange | undefined {
  const [, first = "", last = first, protocol] =
    /^(\d{1,9})(?:-(\d{1,9}))?(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last) };
  if (range.first < 1 || range.last > 65535 || range.last < range.first) {
    return undefined;
  }
  return protocol === undefined ? range : { ...range, protocol };
}

/** What to write for a port. */
export const PORT_HINT: string =
  "write a port from 1 to 65535, as in 8080, 53/udp or 8000-8010";

/**
 * What is wrong with the signal that stops a program.
 *
 * @returns `undefined` where nothing is, else what to write.
 */
export function stopSignalFault(text: string): string | undefined {
  const isNumber = /^\d{1,2}$/.test(text) && Number(text) >= 1 &&
    Number(text) <= 64;
  return isNumber || /^SIG[A-Z0-9]+(?:[+-]\d{1,2})?$/.test(text)
    ? undefined
    : "write a name as in SIGTERM or SIGRTMIN+3, or a number from 1 to 64";
}

/**
 * What is wrong with the test of a health check.
 *
 * @returns `undefined` where nothing is, else what to write.
 * @see {@link https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md}
 */
export function healthTestFault(test: readonly string[]): string | undefined {
  const [kind, ...words] = test;
  const [first = ""] = words;
  const isRight = kind === undefined ||
    (kind === "NONE" && words.length === 0) ||
    (kind === "CMD" && first !== "") ||
    (kind === "CMD-SHELL" && first.trim() !== "" && words.length === 1);
  return isRight && !test.some((word) => word.includes("\0"))
    ? undefined
    : 'write ["NONE"], ["CMD", "program", "argument"] or ["CMD-SHELL", "command"]';
}

/**
 * What is wrong with a duration of a health check, in nanoseconds.
 *
 * @returns `undefined` where nothing is, else what it has to be.
 */
export function healthDurationFault(nanoseconds: number): string | undefined {
  return Number.isSafeInteger(nanoseconds) &&
      (nanoseconds === 0 || nanoseconds >= MIN_DURATION)
    ? undefined
    : "it must be 0, for what Docker takes by itself, or from 1 ms to 104 days";
}

/**
 * One entry for each variable: of entries of one name the last value counts, in
 * the place of the first.
 *
 * @param variables Entries of the form `NAME=value`.
 */
export function joinVariables(variables: readonly string[]): string[] {
  const byName = new Map(
    variables.map((entry) => [entry.replace(/=.*/s, ""), entry]),
  );
  return [...byName.values()];
}
