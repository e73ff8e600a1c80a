import { gzip } from "libdeflate";
import { gzipModule } from "./gzip_module.ts";

/**
 * What a level costs and gains is in `docs/decisions/0003-gzip.md`: on the
 * trees measured, level 5 gives the size of zlib's level 6 in less time.
 */
export const DEFAULT_LEVEL = 5;

/**
 * Compresses one block into one gzip member, with no name and no time in its
 * header. The bytes depend on the block and the level alone: libdeflate is
 * compiled to WebAssembly and is the same program on every runtime.
 *
 * @param level 1 (fast) to 12 (small).
 * @see {@link https://www.rfc-editor.org/rfc/rfc1952}
 */
export function gzipBlock(block: Uint8Array, level: number): Uint8Array {
  // Starts it in the way that leaves nothing behind.
  gzipModule();
  return gzip(block, level);
}
