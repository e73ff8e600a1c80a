import {
  type ByteSource,
  bytesSource,
  chunksOf,
  streamOf,
} from "../bytes/byte_source.ts";
import { DigestStream } from "../bytes/digest_stream.ts";
import { partOf } from "../bytes/part_of.ts";
import { rechunk } from "../bytes/rechunk.ts";
import { blobSpool, type Spool } from "../bytes/spool.ts";
import {
  checkCompression,
  compress,
  type CompressOptions,
} from "../compression/compress.ts";
import { abortedError, ScratchbuildError } from "../spec/error.ts";
import { arrangeEntries, type ArrangeOptions } from "../tar/arrange.ts";
import type { Entry } from "../tar/entry.ts";
import { BLOCK_SIZE, tarBlocks, tarSize } from "../tar/tar_blocks.ts";
import type { Layer } from "./container_image.ts";

/** Options of {@linkcode createLayerFromTar}. */
export interface LayerFromTarOptions extends CompressOptions {
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
  /** Stops the work. */
  readonly signal?: AbortSignal;
  /**
   * Is told how many bytes of tar have been packed so far, and how many there
   * will be, where that is known before the end.
   */
  readonly onProgress?: (tarBytes: number, total?: number) => void;
}

/** Options of {@linkcode createLayer}. */
export interface LayerOptions extends LayerFromTarOptions, ArrangeOptions {}

/**
 * Makes a layer of entries: brings them into order, packs them as a tar,
 * compresses it and computes all digests, in one pass over the content.
 *
 * @throws {LayerError} Where an entry cannot be packed.
 * @throws {ScratchbuildError} Code `COMPRESSION` for a codec that does not
 * exist, code `LAYER` where the spool does not take the bytes, code `ABORTED`
 * when the signal ended the work.
 *
 * @example
 * ```ts
 * import { createLayer } from "@x/scratchbuild/core";
 *
 * const layer = await createLayer([
 *   { type: "file", path: "index.html", body: new Blob(["<h1>hello</h1>"]) },
 *   { type: "symlink", path: "home.html", target: "index.html" },
 * ], { prefix: "/srv" });
 * console.log(layer.diffId);
 * ```
 */
export async function createLayer(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  options: LayerOptions = {},
): Promise<Layer> {
  checkCompression(options);
  const arranged = await arrangeEntries(until(entries, options), options);
  const total = options.onProgress && tarSize(arranged);
  return await seal(tarBlocks(arranged), options, total);
}

/**
 * Makes a layer of a tar that exists already, byte for byte.
 *
 * @param tar The tar, not compressed.
 * @throws {ScratchbuildError} Code `COMPRESSION` for a codec that does not
 * exist, code `LAYER` where the spool does not take the bytes, code `ABORTED`
 * when the signal ended the work.
 */
export async function createLayerFromTar(
  tar: Uint8Array | ReadableStream<Uint8Array> | ByteSource,
  options: LayerFromTarOptions = {},
): Promise<Layer> {
  checkCompression(options);
  if (tar instanceof ReadableStream) {
    return await seal(rechunk(tar, BLOCK_SIZE), options);
  }
  const source = tar instanceof Uint8Array ? bytesSource(tar) : tar;
  const stream = streamOf(chunksOf(source));
  return await seal(rechunk(stream, BLOCK_SIZE), options, source.size);
}

/** Entries, as long as the signal lets the work go on. */
async function* until(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  { signal }: LayerOptions,
): AsyncGenerator<Entry> {
  for await (const entry of entries) {
    if (signal?.aborted) throw abortedError("build the layer", signal);
    yield entry;
  }
}

/** Turns the blocks of a tar into a layer. */
async function seal(
  blocks: ReadableStream<Uint8Array>,
  options: LayerFromTarOptions,
  total?: number,
): Promise<Layer> {
  const { compression = "gzip", createdBy = "scratchbuild", signal } = options;
  const { spool = blobSpool, onProgress } = options;
  const tar = new DigestStream((bytes) => onProgress?.(bytes, total));
  const compressed = new DigestStream();
  const failed = new AbortController();
  const ended = signal
    ? AbortSignal.any([signal, failed.signal])
    : failed.signal;
  try {
    const bytes = await spool(
      compress(blocks.pipeThrough(tar, { signal: ended }), options)
        .pipeThrough(compressed),
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
      digest,
      size: bytes.size,
      diffId,
      tarSize,
      encoding: compression === "none" ? "none" : "gzip",
      createdBy,
      stream: () => bytes.stream(),
      ...(bytes.chunks ? { chunks: () => chunksOf(bytes) } : {}),
      slice: (start, end) => partOf(bytes, start, end),
      [Symbol.asyncDispose]: () => bytes[Symbol.asyncDispose](),
    };
  } catch (error) {
    // Files that are open are closed also where nobody reads the stream.
    failed.abort(error);
    if (signal?.aborted) throw abortedError("build the layer", signal);
    throw error;
  }
}
