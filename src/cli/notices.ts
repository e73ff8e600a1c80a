import type { RegistryOptions } from "../registry/registry.ts";
import { printable } from "../spec/printable.ts";
import { messageLine } from "./error_line.ts";
import { formatDuration } from "./progress/format_amounts.ts";

/** Milliseconds in which one line about a host that fails is enough. */
const QUIET_TIME = 5_000;
/** Milliseconds below which nobody minds how long a wait is. */
const SHORTEST_WAIT = 100;

/** What tells of things that go on, and yet should be known. */
export interface Notices
  extends Required<Pick<RegistryOptions, "onWarning" | "onRetry">> {
  /** Tells what is odd about a file or a program of this computer. */
  readonly warn: (text: string) => void;
}

/**
 * Makes lines of warnings and of attempts that failed.
 *
 * @param note Shows a line.
 * @param now Milliseconds of a clock that never goes back.
 */
export function notices(
  note: (line: string) => void,
  now: () => number,
): Notices {
  const toldAt = new Map<string, number>();
  const warn = (text: string) => note(messageLine(`warning: ${text}`));
  return {
    warn,
    onWarning: ({ host, text }) => warn(`${host} says: ${text}`),
    // With several blobs on their way, each of them meets the same failure.
    onRetry: ({ host, why, delay }) => {
      const last = toldAt.get(host);
      if (last !== undefined && now() - last < QUIET_TIME) return;
      toldAt.set(host, now());
      const wait = formatDuration(Math.max(delay, SHORTEST_WAIT));
      note(printable(`retrying ${host} in ${wait}: ${why}`));
    },
  };
}
