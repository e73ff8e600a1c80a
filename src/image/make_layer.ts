import { iterateStream } from "../bytes/byte_source.ts";
import type { Measured } from "../bytes/digest_stream.ts";
import { createSha256 } from "../bytes/sha256.ts";
import { type BlockCache, blockKey } from "../compression/block_cache.ts";
import { codecOf } from "../compression/compress.ts";
import type { Digest } from "../spec/digest.ts";
import { abortedError } from "../spec/error.ts";
import { cachedLayer } from "./cached_layer.ts";
import type { CreatedLayer, Layer } from "./container_image.ts";
import type { LayerCache, LayerRecord } from "./layer_cache.ts";
import { encodingOf, fittingLayers, standIn } from "./reusable_layers.ts";
import { sealLayer, type SealOptions } from "./seal_layer.ts";

/** What a layer is made of. */
export interface LayerContent {
  /**
   * Opens the blocks of the tar anew, from the first to the last.
   *
   * @param isPeek Whether no more than the first one is wanted.
   */
  readonly open: (isPeek?: boolean) => ReadableStream<Uint8Array>;
  /** Bytes of the tar, where they are known before. */
  readonly total?: number | undefined;
  /** Tells the tar, and how it is compressed, from all others. */
  readonly key?: string | undefined;
  /** Whether the blocks can still be opened when the layer has been made. */
  readonly isLasting: boolean;
}

/**
 * Makes a layer, unless one of the same tar is there already. In this order:
 *
 * - It is in the cache, by its key. Nothing is read.
 * - One of its diffID can be reused. To find out, the tar is hashed before it is
 *   compressed; but not where the cache has its first block, because it will
 *   have most of the others, too.
 * - It is packed, and the blocks that the cache has are not compressed.
 */
export async function makeLayer(
  content: LayerContent,
  options: SealOptions,
): Promise<CreatedLayer> {
  const { open, total, key, isLasting } = content;
  const { cache, createdBy = "scratchbuild", reuse } = options;
  const { onProgress: _, onKept: __, ...quiet } = options;
  const again = () => sealLayer(open(), quiet, total);
  const there = await fittingLayers(reuse, options);
  const take = (layer: Layer, tarSize: number) =>
    standIn(layer, {
      tarSize,
      createdBy,
      ...(isLasting && { again }),
    });

  const known = key === undefined ? undefined : cache?.load(key);
  const same = known && there.get(known.diffId);
  if (known && same) return take(same, known.tarSize);
  if (cache && isWhole(known)) {
    const encoding = encodingOf(options);
    const { blocks } = cache;
    return cachedLayer(known, { encoding, createdBy, blocks, again });
  }
  if (there.size > 0 && !await isWarm(content, options)) {
    const { digest: diffId, size: tarSize } = await measured(content, options);
    const layer = there.get(diffId);
    if (layer) {
      if (key !== undefined) cache?.save(key, { diffId, tarSize });
      return take(layer, tarSize);
    }
  }
  const blocks: string[] = [];
  const layer = await sealLayer(open(), {
    ...options,
    ...(cache && { cache: noting(cache, blocks) }),
  }, total);
  if (key !== undefined) cache?.save(key, recordOf(layer, blocks));
  return await preferred(layer, there);
}

/**
 * Makes a layer of blocks that can be had once only.
 *
 * @param total Bytes of the tar, where they are known before.
 */
export async function makeLayerOnce(
  blocks: ReadableStream<Uint8Array>,
  options: SealOptions,
): Promise<CreatedLayer> {
  const there = await fittingLayers(options.reuse, options);
  return await preferred(await sealLayer(blocks, options), there);
}

/** The layer, or that of the same tar which is there already. */
async function preferred(
  layer: CreatedLayer,
  there: ReadonlyMap<Digest, Layer>,
): Promise<CreatedLayer> {
  const { diffId, digest, createdBy, tarSize } = layer;
  const other = there.get(diffId);
  if (other === undefined || other.digest === digest) return layer;
  await layer[Symbol.asyncDispose]();
  return standIn(other, { tarSize, createdBy });
}

/** Whether the first block was compressed before. */
async function isWarm(
  { open }: LayerContent,
  options: SealOptions,
): Promise<boolean> {
  const { cache } = options;
  const codec = codecOf(options);
  if (!cache || !codec) return false;
  for await (const block of iterateStream(open(true))) {
    return cache.blocks.load(blockKey(block, codec)) !== undefined;
  }
  return false;
}

/** The digest and the size of a tar, of which nothing is kept. */
async function measured(
  { open, total }: LayerContent,
  { signal, onProgress }: SealOptions,
): Promise<Measured> {
  const hash = createSha256();
  let size = 0;
  for await (const block of iterateStream(open())) {
    if (signal?.aborted) throw abortedError("build the layer", signal);
    hash.update(block);
    size += block.byteLength;
    onProgress?.(size, total);
  }
  return { digest: hash.digest(), size };
}

function isWhole(
  record: LayerRecord | undefined,
): record is Required<LayerRecord> {
  return record?.compressed !== undefined;
}

/** What is to be known of a layer the next time. */
function recordOf(
  { diffId, tarSize, digest, size }: CreatedLayer,
  blocks: readonly string[],
): LayerRecord {
  return { diffId, tarSize, compressed: { digest, size, blocks } };
}

/** A cache that notes which blocks are asked for, in their order. */
function noting(cache: LayerCache, keys: string[]): LayerCache {
  const blocks: BlockCache = {
    load(key) {
      keys.push(key);
      return cache.blocks.load(key);
    },
    save: (key, bytes) => cache.blocks.save(key, bytes),
  };
  return {
    blocks,
    load: (key) => cache.load(key),
    save: (key, record) => cache.save(key, record),
  };
}
