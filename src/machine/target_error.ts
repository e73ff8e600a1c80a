import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";

/** The error for a place that an image cannot be written to. */
export function targetError(
  path: string,
  why: string,
  cause?: unknown,
): ScratchbuildError {
  return new ScratchbuildError(`Cannot write ${printable(path)}: ${why}`, {
    code: "TARGET",
    ...(cause === undefined ? {} : { cause }),
  });
}
