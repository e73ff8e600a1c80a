const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text that bytes are in UTF-8, nothing where they are none. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes as a text for people, in which `\xe9` is a byte that is no UTF-8. */
export function escapeBytes(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at] as number);
    const char = decodeUtf8(bytes.subarray(at, at + length));
    if (char === undefined) {
      text += `\\x${(bytes[at] as number).toString(16).padStart(2, "0")}`;
      at++;
    } else {
      text += char;
      at += length;
    }
  }
  return text;
}

function sequenceLength(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
