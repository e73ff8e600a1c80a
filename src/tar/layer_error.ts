import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";

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
