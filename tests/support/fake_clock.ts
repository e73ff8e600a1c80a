import type { Clock } from "../../src/registry/http/clock.ts";

/** How a {@linkcode FakeClock} runs. */
export interface FakeClockOptions {
  /**
   * The time at its start, in milliseconds since 1970.
   *
   * @default {Date.UTC(2026, 0, 1)}
   */
  readonly start?: number;
  /**
   * Sleeps that are shorter than that many milliseconds end at once, and the
   * time goes on by them; the others wait for {@linkcode FakeClock.advance}.
   * The default is the transport's own idle time-out, so that waits between
   * attempts pass and connections are not found dead. With 0 every sleep waits.
   *
   * @default {60_000}
   */
  readonly passes?: number;
}

/** A clock that goes on when it is told to, or when somebody sleeps. */
export interface FakeClock extends Clock {
  /** Milliseconds of every sleep that came to its end, in that order. */
  readonly sleeps: readonly number[];
  /** Milliseconds of every sleep that waits. */
  readonly waiting: readonly number[];
  /**
   * Lets time pass, and ends the sleeps that are over then, one after the
   * other; what follows from one is given its turn before the next.
   */
  advance(milliseconds: number): Promise<void>;
  /**
   * Waits, in real time, until that many sleeps wait, and gives everything else
   * its turn.
   */
  untilWaiting(count?: number): Promise<void>;
}

interface Sleeper {
  readonly milliseconds: number;
  left: number;
  readonly wake: () => void;
}

/** A clock for tests. Nothing takes real time by it. */
export function fakeClock(options: FakeClockOptions = {}): FakeClock {
  const { start = Date.UTC(2026, 0, 1), passes = 60_000 } = options;
  let now = start;
  const sleeps: number[] = [];
  let sleepers: Sleeper[] = [];

  return {
    sleeps,
    get waiting() {
      return sleepers.map(({ milliseconds }) => milliseconds);
    },
    now: () => now,
    sleep: (milliseconds, signal) => {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (milliseconds < passes) {
        now += milliseconds;
        sleeps.push(milliseconds);
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const leave = () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          signal?.removeEventListener("abort", stop);
        };
        const stop = () => {
          leave();
          reject(signal?.reason);
        };
        const wake = () => {
          leave();
          sleeps.push(milliseconds);
          resolve();
        };
        const sleeper = { milliseconds, left: milliseconds, wake };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", stop, { once: true });
      });
    },
    advance: async (milliseconds) => {
      let left = milliseconds;
      while (true) {
        const [next] = sleepers.toSorted((a, b) => a.left - b.left);
        const step = Math.min(left, next?.left ?? left);
        now += step;
        left -= step;
        for (const sleeper of sleepers) sleeper.left -= step;
        if (!next || next.left > 0) return;
        next.wake();
        await turns();
      }
    },
    untilWaiting: async (count = 1) => {
      do await turns(); while (sleepers.length < count);
    },
  };
}

/** Lets everything have its turn that does not wait for anything outside. */
async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
