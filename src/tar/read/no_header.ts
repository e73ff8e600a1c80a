const DECOMPRESS = "decompress it first, or compress it with gzip or zstd";

/** How files begin that are taken for tars, and what to say of them. */
const KNOWN: readonly (readonly [start: string, why: string])[] = [
  ["\xfd7zXZ\0", `it is compressed with xz; ${DECOMPRESS}`],
  ["BZh", `it is compressed with bzip2; ${DECOMPRESS}`],
  ["LZIP", `it is compressed with lzip; ${DECOMPRESS}`],
  ["\x04\x22\x4d\x18", `it is compressed with lz4; ${DECOMPRESS}`],
  ["PK\x03\x04", "it is a zip file; unpack it and pack the directory"],
];

/**
 * Why a block is no header.
 *
 * @param offset Where it is in the tar.
 */
export function noHeader(block: Uint8Array, offset: number): string {
  const start = String.fromCharCode(...block.subarray(0, 8));
  const [, why] = KNOWN.find(([known]) => start.startsWith(known)) ?? [];
  return offset === 0 && why ? why : "there is no valid header";
}
