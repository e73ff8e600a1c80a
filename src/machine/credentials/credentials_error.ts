import { ScratchbuildError } from "../../spec/error.ts";

/**
 * The error of credentials that this machine has, or may have, but does not
 * give out or take in. It has no cause: that of the JSON parser would show what
 * it read.
 *
 * @param what As in "Cannot <what>: <why>".
 */
export function credentialsError(
  what: string,
  why: string,
): ScratchbuildError {
  return new ScratchbuildError(`Cannot ${what}: ${why}`, {
    code: "CREDENTIALS",
  });
}
