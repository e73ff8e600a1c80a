import { setImmediate } from "node:timers";
import type { Clock } from "../../src/registry/http/clock.ts";

/** Milliseconds of a sleep that waits for more than another attempt. */
const LONG = 60_000;

/** Turns in which nothing happens after which nothing will by itself. */
const TURNS = 20;

/**
 * A clock by which short sleeps end at once, and long ones as soon as nothing
 * else happens: what hangs is found dead in no time at all.
 *
 * @param activity A number that changes whenever something happens.
 */
export function restlessClock(activity: () => number): Clock {
  let now = Date.UTC(2026, 0, 1);
  const sleepers = new Set<() => void>();
  let isRunning = false;
  const run = async () => {
    isRunning = true;
    let seen = activity();
    for (let still = 0; sleepers.size > 0; still++) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (activity() !== seen) still = 0;
      seen = activity();
      if (still < TURNS) continue;
      still = 0;
      now += LONG;
      for (const wake of [...sleepers]) wake();
    }
    isRunning = false;
  };
  return {
    now: () => now,
    sleep: (milliseconds, signal) => {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (milliseconds < LONG) {
        now += milliseconds;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const end = (settle: () => void) => () => {
          sleepers.delete(wake);
          signal?.removeEventListener("abort", stop);
          settle();
        };
        const wake = end(resolve);
        const stop = end(() => reject(signal?.reason));
        sleepers.add(wake);
        signal?.addEventListener("abort", stop, { once: true });
        if (!isRunning) void run();
      });
    },
  };
}
