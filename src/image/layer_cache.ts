import type { BlockCache } from "../compression/block_cache.ts";
import type { Digest } from "../spec/digest.ts";

/** Compressed bytes that were made before. */
export interface CompressedRecord {
  /** Their digest. */
  readonly digest: Digest;
  /** Their number. */
  readonly size: number;
  /**
   * The blocks that they are made of, in their order, by their keys in
   * {@linkcode LayerCache.blocks}. There are none where the tar is not
   * compressed.
   */
  readonly blocks: readonly string[];
}

/** What is known of a layer that was made before. */
export interface LayerRecord {
  /** Digest of the tar before compression. */
  readonly diffId: Digest;
  /** Size of the tar before compression, in bytes. */
  readonly tarSize: number;
  /** What it was compressed to, where that was done. */
  readonly compressed?: CompressedRecord;
}

/**
 * Layers that were made before, by what they were made of: a layer whose files
 * say that they have not changed is not read again. Nothing that is missing
 * there is an error.
 */
export interface LayerCache {
  /** The blocks that layers are made of. */
  readonly blocks: BlockCache;

  /**
   * What is known of a layer.
   *
   * @param key Tells what it is made of, in lower-case hexadecimal digits.
   * @returns Nothing where it is not there, or not whole.
   */
  load(key: string): LayerRecord | undefined;

  /** Keeps what is known of a layer, if it can. It never fails. */
  save(key: string, record: LayerRecord): void;
}
