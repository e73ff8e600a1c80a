import type { Clock } from "./clock.ts";

/** What an {@linkcode IdleWatch} watches by. */
export interface IdleWatchOptions {
  /** Tells when time has passed. */
  readonly clock: Clock;
  /** Milliseconds without a sign of life after which a connection is dead. */
  readonly idleTimeout: number;
  /** Ends the work. */
  readonly signal?: AbortSignal;
}

/**
 * Notices a connection on which nothing happens any more. A slow one lives: each
 * sign of life gives it the whole time anew. One that is dead is noticed after
 * one to two times the time-out. {@linkcode IdleWatch.end} must be called.
 */
export class IdleWatch {
  readonly #work = new AbortController();
  readonly #timer = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #stop = () => this.#work.abort(this.#caller?.reason);
  readonly #waiting: Set<(reason: unknown) => void> = new Set();
  #periods = 0;

  /** @param options The time-out, and whose work it is. */
  constructor({ clock, idleTimeout, signal }: IdleWatchOptions) {
    this.#caller = signal;
    if (signal?.aborted) this.#stop();
    else signal?.addEventListener("abort", this.#stop, { once: true });
    this.#work.signal.addEventListener("abort", () => {
      for (const fail of this.#waiting) fail(this.#work.signal.reason);
    }, { once: true });
    void this.#run(clock, idleTimeout);
  }

  /** Ends with the caller's signal, or when the connection is dead. */
  get signal(): AbortSignal {
    return this.#work.signal;
  }

  /**
   * Notes a sign of life.
   *
   * @param periods How many times the time-out the next one may take.
   * `Infinity` is right while not the connection but we ourselves are slow.
   * @default {1}
   */
  touch(periods: number = 1): void {
    this.#periods = periods;
  }

  /**
   * Waits for what may never come.
   *
   * @throws The reason of the signal, or what the promise fails with.
   */
  race<T>(promise: Promise<T>): Promise<T> {
    // Promise.race() would keep all that was ever waited for, as long as one
    // promise for the end of the work lives: every chunk of a body.
    return new Promise((resolve, reject) => {
      const { signal } = this.#work;
      if (signal.aborted) reject(signal.reason);
      this.#waiting.add(reject);
      const settle = () => this.#waiting.delete(reject);
      promise.then(resolve, reject).finally(settle);
    });
  }

  /** Stops watching, and lets go of the timer and of the caller's signal. */
  end(): void {
    this.#timer.abort();
    this.#caller?.removeEventListener("abort", this.#stop);
  }

  async #run(clock: Clock, idleTimeout: number): Promise<void> {
    if (idleTimeout === Infinity) return;
    try {
      for (; this.#periods >= 0; this.#periods--) {
        await clock.sleep(idleTimeout, this.#timer.signal);
      }
    } catch {
      return;
    }
    const seconds = Math.round(idleTimeout / 1000);
    this.#work.abort(new Error(`idle for ${seconds} s`));
  }
}
