import { ScratchbuildError } from "../spec/error.ts";

/**
 * One entry of a registry's own list of errors.
 *
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes}
 */
export interface RegistryErrorEntry {
  /** The registry's code: `DENIED`, `NAME_UNKNOWN` … */
  readonly code: string;
  /** The registry's words. */
  readonly message?: string;
  /** Whatever the registry adds. */
  readonly detail?: unknown;
}

/** What a {@linkcode RegistryError} takes besides its message. */
export interface RegistryErrorOptions extends ErrorOptions {
  /** HTTP status of the answer. */
  readonly status: number;
  /**
   * The registry's own list of errors.
   *
   * @default {[]}
   */
  readonly errors?: readonly RegistryErrorEntry[];
}

/**
 * A registry, or the token server that it names, refused a request. Its code is
 * `REGISTRY`.
 */
export class RegistryError extends ScratchbuildError {
  /** The name of the class. */
  override readonly name = "RegistryError";

  /** HTTP status of the answer: 401, 403, 500 … */
  readonly status: number;

  /** The registry's own list of errors, empty where it sent none. */
  readonly errors: readonly RegistryErrorEntry[];

  /**
   * An error about one answer.
   *
   * @param message One line for a person.
   * @param options The status and the registry's own list of errors.
   */
  constructor(message: string, options: RegistryErrorOptions) {
    super(message, { ...options, code: "REGISTRY" });
    this.status = options.status;
    this.errors = options.errors ?? [];
  }
}
