/** Milliseconds that the first wait takes at most. */
const BASE = 250;
/** Milliseconds that any wait takes at most. */
const LIMIT = 32_000;

/**
 * How long to wait before something is tried again: exponential, with full
 * jitter, so that clients that failed together do not come back together.
 *
 * @param failures How often it has failed so far, at least 1.
 * @param random Gives a number from 0 up to, but not including, 1.
 * @returns Milliseconds.
 * @see {@link https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/}
 */
export function backoff(failures: number, random: () => number): number {
  return Math.round(random() * Math.min(LIMIT, BASE * 2 ** (failures - 1)));
}
