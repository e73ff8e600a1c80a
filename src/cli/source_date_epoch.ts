import { parseSeconds } from "./parse/parse_numbers.ts";

/** The environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `SOURCE_DATE_EPOCH`, the time that stands in for the present one.
 *
 * @returns Seconds since 1970; 0 where it is not set or empty.
 * @throws {ScratchbuildError} Code `USAGE` for anything but a whole number.
 * @see {@link https://reproducible-builds.org/specs/source-date-epoch/}
 */
export function sourceDateEpoch({ SOURCE_DATE_EPOCH }: Environment): number {
  return SOURCE_DATE_EPOCH
    ? parseSeconds("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH)
    : 0;
}
