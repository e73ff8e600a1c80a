import { abortedError } from "./error.ts";

/**
 * Waits no longer than until the signal, for what may never end: standard
 * input, or what a caller lists.
 *
 * @param what The work, as in "Cannot <what>".
 * @throws {ScratchbuildError} Code `ABORTED` where the signal came first.
 */
export function orAborted<T>(
  promise: Promise<T>,
  what: string,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortedError(what, signal));
    signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(() =>
      signal.removeEventListener("abort", abort)
    );
    if (signal.aborted) abort();
  });
}
