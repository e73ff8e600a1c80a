import { abortedError } from "../spec/error.ts";

/**
 * Waits no longer than until the signal: standard input may never end.
 *
 * @param what The work, as in "Cannot <what>".
 * @throws {ScratchbuildError} Code `ABORTED` where the signal came first.
 */
export function orAborted<T>(
  promise: Promise<T>,
  what: string,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortedError(what, signal));
    signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(() =>
      signal.removeEventListener("abort", abort)
    );
  });
}
