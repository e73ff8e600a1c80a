import { abortedError, ScratchbuildError } from "../../spec/error.ts";
import { networkError } from "./network_error.ts";

/**
 * What to throw for a request that failed without an answer.
 *
 * @param url What was asked.
 * @param signal The caller's, which may be why.
 * @param cause What was thrown; our own errors stay as they are.
 */
export function requestError(
  url: URL,
  signal: AbortSignal | undefined,
  cause: unknown,
): ScratchbuildError {
  if (signal?.aborted) {
    return abortedError(`go on with the request to ${url.host}`, signal);
  }
  return cause instanceof ScratchbuildError ? cause : networkError(url, cause);
}
