import { ScratchbuildError } from "../spec/error.ts";

/** A layer could not be made because of one path. The code is `LAYER`. */
export class LayerError extends ScratchbuildError {
  /** Name of the class. */
  override readonly name: string = "LayerError";

  /** The path: on disk where the entry came from there, else in the layer. */
  readonly path: string;

  /**
   * An error about one path.
   *
   * @param path The path that is to blame.
   * @param why What is wrong with it and, where there is one, the next step.
   * @param cause The error below this one.
   */
  constructor(path: string, why: string, cause?: unknown) {
    super(`Cannot pack ${printable(path)}: ${why}`, {
      code: "LAYER",
      ...(cause === undefined ? {} : { cause }),
    });
    this.path = path;
  }
}

/** A path on one line, with control characters escaped. */
function printable(path: string): string {
  if (path === "") return '""';
  // deno-lint-ignore no-control-regex -- finding them is the purpose
  return /[\x00-\x1f\x7f]/.test(path) || !path.isWellFormed()
    ? JSON.stringify(path.toWellFormed())
    : path;
}
