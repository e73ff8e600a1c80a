import { gzipBlock } from "./gzip_block.ts";
import { zstdBlock } from "./zstd_block.ts";

/** What one block is compressed to. */
export interface BlockCodec {
  readonly name: "gzip" | "zstd";
  readonly level: number;
}

/** Compresses a block in this thread. */
export function encodeHere(
  block: Uint8Array,
  { name, level }: BlockCodec,
): Uint8Array {
  return name === "gzip" ? gzipBlock(block, level) : zstdBlock(block, level);
}
