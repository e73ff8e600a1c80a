const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1 ? value >>> 1 ^ 0xedb88320 : value >>> 1;
  }
  return value;
});

/**
 * The CRC-32 of bytes, as gzip has it.
 *
 * @param before That of the bytes before them.
 * @see {@link https://www.rfc-editor.org/rfc/rfc1952#section-8}
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let value = ~before;
  for (const byte of bytes) {
    value = value >>> 8 ^ (TABLE[(value ^ byte) & 0xff] ?? 0);
  }
  return ~value >>> 0;
}
