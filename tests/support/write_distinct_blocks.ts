import { writeFile } from "node:fs/promises";

/** Bytes of a block. */
const BLOCK_SIZE = 1 << 16;

/**
 * Writes a file of random bytes, in which no two blocks of 64 KiB are the same.
 *
 * @param size In bytes, whole blocks.
 */
export async function writeDistinctBlocks(
  path: string,
  size: number,
): Promise<void> {
  const block = crypto.getRandomValues(new Uint8Array(BLOCK_SIZE));
  await writeFile(
    path,
    Array.from({ length: size / BLOCK_SIZE }, (_, index) => {
      const copy = block.slice();
      new DataView(copy.buffer).setUint32(0, index);
      return copy;
    }),
  );
}
