import type { ByteSource } from "../bytes/byte_source.ts";
import { DigestStream } from "../bytes/digest_stream.ts";
import { forwarded } from "../bytes/forwarded.ts";
import { blobSpool, type Spool } from "../bytes/spool.ts";
import { compress, type CompressOptions } from "../compression/compress.ts";
import { abortedError, ScratchbuildError } from "../spec/error.ts";
import type { CreatedLayer } from "./container_image.ts";
import type { LayerCache } from "./layer_cache.ts";
import type { ReusableLayers } from "./reusable_layers.ts";

/** How the blocks of a tar become a layer. */
export interface SealOptions extends CompressOptions {
  /**
   * How the layer came to be, for the history of the image.
   *
   * @default {"scratchbuild"}
   */
  readonly createdBy?: string;
  /**
   * Where the compressed bytes are kept until they have been sent.
   *
   * @default a temporary file on Deno, Bun and Node; a `Blob` in `core`
   */
  readonly spool?: Spool;
  /**
   * Layers that are somewhere already, in a registry for example. One of the
   * same tar takes the place of the layer, with the compressed bytes that it
   * has, so that nothing is compressed and its digest stays what it was,
   * whatever made it. What is said of its diffID is believed: who unpacks it
   * compares. Not with a `level`, nor with `gzip:stream`.
   *
   * @default none
   */
  readonly reuse?: ReusableLayers;
  /**
   * Layers and blocks that were made before. A layer whose files have not
   * changed since, by what their file system says, is not read again, and of one
   * that has changed only the blocks that did are compressed. Not with
   * `gzip:stream`.
   *
   * @default none
   */
  readonly cache?: LayerCache;
  /**
   * Is told of the compressed bytes that there are so far, all from the first
   * on, where the spool tells of them: for a target that takes them ahead.
   */
  readonly onKept?: (kept: ByteSource) => void;
  /** Stops the work. */
  readonly signal?: AbortSignal;
  /**
   * Is told how many bytes of tar have been packed so far, and how many there
   * will be, where that is known before the end.
   */
  readonly onProgress?: (tarBytes: number, total?: number) => void;
}

/**
 * Turns the blocks of a tar into a layer.
 *
 * @param total Bytes of the tar, where they are known before.
 */
export async function sealLayer(
  blocks: ReadableStream<Uint8Array>,
  options: SealOptions,
  total?: number,
): Promise<CreatedLayer> {
  const { compression = "gzip", createdBy = "scratchbuild", signal } = options;
  const { spool = blobSpool, cache, onKept, onProgress } = options;
  const tar = new DigestStream((bytes) => onProgress?.(bytes, total));
  const compressed = new DigestStream();
  const failed = new AbortController();
  const ended = signal
    ? AbortSignal.any([signal, failed.signal])
    : failed.signal;
  try {
    const bytes = await spool(
      compress(blocks.pipeThrough(tar, { signal: ended }), {
        ...options,
        ...(cache && { blockCache: cache.blocks }),
      })
        .pipeThrough(compressed),
      onKept,
    );
    const [{ digest: diffId, size: tarSize }, { digest }] = await Promise.all([
      tar.result,
      compressed.result,
    ]);
    if (total !== undefined && tarSize !== total) {
      await bytes[Symbol.asyncDispose]();
      throw new ScratchbuildError(
        `Cannot build the layer: the tar has ${tarSize} bytes, ` +
          `and ${total} were announced`,
        { code: "LAYER" },
      );
    }
    return {
      ...forwarded(bytes),
      digest,
      diffId,
      tarSize,
      encoding: compression === "gzip:stream" ? "gzip" : compression,
      createdBy,
      [Symbol.asyncDispose]: () => bytes[Symbol.asyncDispose](),
    };
  } catch (error) {
    // Files that are open are closed also where nobody reads the stream.
    failed.abort(error);
    if (signal?.aborted) throw abortedError("build the layer", signal);
    throw error;
  }
}
