import { gzip } from "libdeflate";
import { withoutNewListeners } from "./without_new_listeners.ts";

/** The fastest level of libdeflate. */
export const MIN_LEVEL = 1;
/** The level of libdeflate that gives the smallest size. */
export const MAX_LEVEL = 12;

/**
 * What a level costs and gains is in `docs/decisions/0003-gzip.md`: on the
 * trees measured, level 5 gives the size of zlib's level 6 in less time.
 */
export const DEFAULT_LEVEL = 5;

let started = false;

/**
 * Compresses one block into one gzip member, with no name and no time in its
 * header. The bytes depend on the block and the level alone: libdeflate is
 * compiled to WebAssembly and is the same program on every runtime.
 *
 * @param level 1 (fast) to 12 (small).
 * @see {@link https://www.rfc-editor.org/rfc/rfc1952}
 */
export function gzipBlock(block: Uint8Array, level: number): Uint8Array {
  if (started) return gzip(block, level);
  started = true;
  return withoutNewListeners(() => gzip(block, level));
}
