/** A kind of file that looks like a secret. */
export interface FileRule {
  /** What it looks like, as in "a private key". */
  readonly what: string;
  /** Names that it has, in small letters. */
  readonly name: RegExp;
  /** Directory that it lies in, in small letters; any where there is none. */
  readonly parent?: string;
  /** Whether it is one by its content. Without it, the name is enough. */
  readonly holds?: (text: string) => boolean;
  /** Whether one that cannot be read counts. @default {false} */
  readonly isSuspect?: boolean;
  /** Whether packages are full of them, for their tests. @default {false} */
  readonly isPackaged?: boolean;
}
