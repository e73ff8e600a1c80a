import { type BlockCache, blockKey } from "./block_cache.ts";
import { type BlockCodec, encodeHere } from "./block_codec.ts";
import { BlockPool } from "./block_pool.ts";
import { startBlockWorker } from "./start_block_worker.ts";

/** Blocks from which on it pays to start workers. */
const WORTH = 4;

/** Blocks that are under way, for each worker. */
const BLOCKS_AHEAD = 2;

const shared = new BlockPool(startBlockWorker);

/** How {@linkcode encodeBlocks} works. */
export interface EncodeBlocksOptions {
  /** Blocks that are compressed at the same time. */
  readonly jobs: number;
  /**
   * The workers.
   *
   * @default those that everybody in this process shares
   */
  readonly pool?: BlockPool;
  /** Blocks that need not be compressed again. */
  readonly cache?: BlockCache;
}

/** A block on its way: compressed already, or to be. */
interface Waiting {
  readonly block: Uint8Array;
  readonly key?: string;
  readonly bytes?: Uint8Array;
}

/**
 * Compresses blocks, several at the same time, and gives the results in the
 * order of the blocks. What is read ahead is bounded, and the bytes do not
 * depend on the number of workers.
 *
 * @param blocks Their buffers are given away.
 */
export async function* encodeBlocks(
  blocks: AsyncIterable<Uint8Array>,
  codec: BlockCodec,
  { jobs, pool = shared, cache }: EncodeBlocksOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const find = (block: Uint8Array): Waiting => {
    if (!cache) return { block };
    const key = blockKey(block, codec);
    const bytes = cache.load(key);
    return { block, key, ...(bytes && { bytes }) };
  };
  const save = ({ key }: Waiting, bytes: Uint8Array) => {
    if (key !== undefined) cache?.save(key, bytes);
    return bytes;
  };
  const here = (next: Waiting) =>
    next.bytes ?? save(next, encodeHere(next.block, codec));
  if (jobs === 1) {
    for await (const block of blocks) yield here(find(block));
    return;
  }
  const waiting: Waiting[] = [];
  const underWay: (Promise<Uint8Array> | Uint8Array)[] = [];
  let isWorth = pool.size > 0;
  for await (const block of blocks) {
    waiting.push(find(block));
    isWorth ||= waiting.length >= WORTH && !waiting.some(({ bytes }) => bytes);
    if (!isWorth && waiting.length < WORTH) continue;
    for (const next of waiting.splice(0)) {
      if (next.bytes || !isWorth) {
        underWay.push(here(next));
        continue;
      }
      const encoded = pool.encode(next.block, codec, jobs)
        .then((bytes) => save(next, bytes));
      // Whoever waits for it may have left.
      encoded.catch(() => {});
      underWay.push(encoded);
    }
    while (underWay.length > jobs * BLOCKS_AHEAD) yield await first(underWay);
  }
  while (underWay.length > 0) yield await first(underWay);
  for (const next of waiting) yield here(next);
}

function first<T>(items: T[]): T {
  return items.shift() as T;
}
