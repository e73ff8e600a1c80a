/**
 * The stable codes of {@linkcode ScratchbuildError}. A program may branch on
 * them; the texts of the messages may change.
 */
export type ErrorCode =
  | "ABORTED"
  | "ARCHIVE"
  | "COMPRESSION"
  | "CREDENTIALS"
  | "DIGEST_MISMATCH"
  | "DIGEST_SYNTAX"
  | "IMAGE"
  | "JSON"
  | "LAYER"
  | "NETWORK"
  | "PLATFORM_SYNTAX"
  | "REFERENCE_SYNTAX"
  | "REGISTRY"
  | "SECRETS"
  | "TAR"
  | "TARGET"
  | "USAGE"
  | "VCS";

/** What a {@linkcode ScratchbuildError} takes besides its message. */
export interface ScratchbuildErrorOptions extends ErrorOptions {
  /** Stable code of the error. */
  readonly code: ErrorCode;
}

/**
 * The family that every error of this package belongs to. A message reads
 * "Cannot <do> <what>: <why>" and, where there is one, names the next step. It
 * never holds a token, a password or a signed URL.
 */
export class ScratchbuildError extends Error {
  /** Name of the class, for programs that hold two copies of this package. */
  override readonly name: string = "ScratchbuildError";

  /** Stable code, for programs. */
  readonly code: ErrorCode;

  /**
   * An error with a message for a person and a code for programs.
   *
   * @param message One line for a person.
   * @param options The stable code and, where there is one, the cause.
   */
  constructor(message: string, options: ScratchbuildErrorOptions) {
    super(message, options);
    this.code = options.code;
  }
}

/**
 * The error of work that an `AbortSignal` ended.
 *
 * @param what The work, as in "Cannot <what>".
 */
export function abortedError(
  what: string,
  signal: AbortSignal,
): ScratchbuildError {
  return new ScratchbuildError(`Cannot ${what}: the work was interrupted`, {
    code: "ABORTED",
    cause: signal.reason,
  });
}
