const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** A text of a tar, and its bytes where they are not UTF-8. */
export interface TarText {
  /** The text; bytes that are not UTF-8 read as U+FFFD. */
  readonly text: string;
  /** The bytes of what is not UTF-8. */
  readonly raw?: Uint8Array;
}

/** Reads bytes as a text. */
export function tarText(bytes: Uint8Array): TarText {
  try {
    return { text: strict.decode(bytes) };
  } catch {
    return { text: lenient.decode(bytes), raw: bytes.slice() };
  }
}

/** The bytes of a field up to the first NUL. */
export function upToNul(field: Uint8Array): Uint8Array {
  const nul = field.indexOf(0);
  return nul < 0 ? field : field.subarray(0, nul);
}
