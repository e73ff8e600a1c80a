import { abortedError } from "../../spec/error.ts";

interface Running<T> {
  readonly controller: AbortController;
  readonly result: Promise<T>;
  /** How many callers wait for it. */
  waiting: number;
}

/**
 * Work that several callers may want at the same time: it is done once. A
 * caller that is stopped leaves it to the others; when all have left, it ends.
 */
export class SharedWork<T> {
  readonly #running = new Map<string, Running<T>>();

  /**
   * Joins the work of that name, or begins it.
   *
   * @param what The work, as in "Cannot <what>".
   * @throws {ScratchbuildError} Code `ABORTED` where the signal stopped the
   * caller; otherwise what the work fails with.
   */
  async run(
    key: string,
    work: (signal: AbortSignal) => Promise<T>,
    { what, signal }: { readonly what: string; readonly signal?: AbortSignal },
  ): Promise<T> {
    if (signal?.aborted) throw abortedError(what, signal);
    const running = this.#running.get(key) ?? this.#begin(key, work);
    running.waiting++;
    let stop = () => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = () => signal && reject(abortedError(what, signal));
      signal?.addEventListener("abort", stop, { once: true });
      // The work may have begun, and been stopped, before this.
      if (signal?.aborted) stop();
    });
    try {
      return await Promise.race([stopped, running.result]);
    } finally {
      signal?.removeEventListener("abort", stop);
      running.waiting--;
      if (running.waiting === 0 && this.#running.get(key) === running) {
        this.#running.delete(key);
        running.controller.abort(signal?.reason);
      }
    }
  }

  #begin(
    key: string,
    work: (signal: AbortSignal) => Promise<T>,
  ): Running<T> {
    const controller = new AbortController();
    const result = work(controller.signal);
    const running = { controller, result, waiting: 0 };
    this.#running.set(key, running);
    const end = () => {
      if (this.#running.get(key) === running) this.#running.delete(key);
    };
    // What it fails with is for those who wait; nobody may be left of them.
    result.then(end, end);
    return running;
  }
}
