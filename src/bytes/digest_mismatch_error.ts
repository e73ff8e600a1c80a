import type { Digest } from "../spec/digest.ts";
import { ScratchbuildError } from "../spec/error.ts";

/** What a {@linkcode DigestMismatchError} takes besides its message. */
export interface DigestMismatchErrorOptions extends ErrorOptions {
  /** The digest that was to be. */
  readonly expected: Digest;
  /** What was found in its place. */
  readonly actual: string;
}

/** Content is not what its digest says. Its code is `DIGEST_MISMATCH`. */
export class DigestMismatchError extends ScratchbuildError {
  /** The name of the class. */
  override readonly name = "DigestMismatchError";

  /** The digest that was to be. */
  readonly expected: Digest;

  /** What was found in its place, in the words of who found it. */
  readonly actual: string;

  /**
   * An error about two digests.
   *
   * @param message One line for a person.
   * @param options The two digests.
   */
  constructor(message: string, options: DigestMismatchErrorOptions) {
    super(message, { ...options, code: "DIGEST_MISMATCH" });
    this.expected = options.expected;
    this.actual = options.actual;
  }
}
