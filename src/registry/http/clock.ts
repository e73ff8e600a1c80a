/** The time, as far as a client of a registry has to do with it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;

  /**
   * Waits.
   *
   * @param milliseconds How long.
   * @param signal Ends the waiting early.
   * @throws The reason of the signal.
   */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
        // A timer that is set for longer ends at once.
      }, Math.min(milliseconds, 2 ** 31 - 1));
      signal?.addEventListener("abort", stop, { once: true });
    }),
};
