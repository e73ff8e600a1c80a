/** How bytes are compressed, told by how they begin. */
export type Encoding = "gzip" | "zstd" | "none";

/** Bytes that {@linkcode encodingOf} wants to see. */
export const HEAD_SIZE = 4;

/**
 * How bytes are compressed, by the first four of them: those of gzip, of zstd,
 * or anything else.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc8878#section-3.1}
 */
export function encodingOf(head: Uint8Array): Encoding {
  const [first, second, third, fourth] = head;
  if (first === 0x1f && second === 0x8b) return "gzip";
  if (third === undefined || fourth === undefined) return "none";
  const isFrame = first === 0x28 && second === 0xb5 && third === 0x2f &&
    fourth === 0xfd;
  const isSkippable = ((first ?? 0) & 0xf0) === 0x50 && second === 0x2a &&
    third === 0x4d && fourth === 0x18;
  return isFrame || isSkippable ? "zstd" : "none";
}
