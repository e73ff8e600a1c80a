import { chunksOf, streamOf } from "../bytes/byte_source.ts";
import { partOf } from "../bytes/part_of.ts";
import { verified } from "../bytes/verified.ts";
import type { BlockCache } from "../compression/block_cache.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { CreatedLayer, Layer, LayerEncoding } from "./container_image.ts";
import type { CompressedRecord, LayerRecord } from "./layer_cache.ts";

/** What {@linkcode cachedLayer} is told of a layer. */
export interface CachedLayerOptions {
  /** How it is compressed. */
  readonly encoding: LayerEncoding;
  /** How it came to be. */
  readonly createdBy: string;
  /** Its blocks, as far as they are there. */
  readonly blocks: BlockCache;
  /** Makes it again, for what is missing of them. */
  readonly again: () => Promise<Layer>;
}

/**
 * A layer of which nothing was read. Its bytes come from the blocks of the
 * cache; where one is missing, the layer is made again. They are compared with
 * the digest on their way.
 */
export function cachedLayer(
  { diffId, tarSize, compressed }: LayerRecord & {
    readonly compressed: CompressedRecord;
  },
  { encoding, createdBy, blocks, again }: CachedLayerOptions,
): CreatedLayer {
  const { digest, size, blocks: keys } = compressed;
  let made: Promise<Layer> | undefined;
  const refuse = (why: string) =>
    new ScratchbuildError(
      `Cannot build the layer: of what was kept of it, ${why}; something in it ` +
        "was changed meanwhile. Try again",
      { code: "LAYER" },
    );
  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    let length = 0;
    for (const key of keys) {
      const bytes = blocks.load(key);
      if (!bytes) break;
      length += bytes.byteLength;
      yield bytes;
    }
    if (length >= size) return;
    made ??= again();
    const layer = await made;
    if (layer.digest !== digest) throw refuse(`the digest is ${layer.digest}`);
    yield* chunksOf(partOf(layer, length, size));
  }
  const chunks = () =>
    verified(pieces(), { size, digest, algorithm: "sha256", refuse });
  return {
    size,
    chunks,
    stream: () => streamOf(chunks()),
    digest,
    diffId,
    tarSize,
    encoding,
    createdBy,
    [Symbol.asyncDispose]: async () => {
      const layer = await made?.catch(() => undefined);
      await layer?.[Symbol.asyncDispose]();
    },
  };
}
