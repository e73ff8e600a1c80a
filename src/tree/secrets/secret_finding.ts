/** Something in a tree that looks like a secret, or like what does not belong into an image. */
export interface SecretFinding {
  /** Path of the file or the directory, as its entry has it. */
  readonly path: string;
  /** What it looks like, as in "a private key". */
  readonly what: string;
}
