import { iterateStream, streamOf } from "../bytes/byte_source.ts";
import { ScratchbuildError } from "../spec/error.ts";
import {
  DEFAULT_LEVEL,
  gzipBlock,
  MAX_LEVEL,
  MIN_LEVEL,
} from "./gzip_block.ts";

/**
 * How a layer is compressed.
 *
 * - `gzip`: one gzip member per block; the same bytes on every runtime.
 * - `gzip:stream`: the runtime's own `CompressionStream`; one member, bytes
 *   that differ between runtimes. For consumers that read one member only, and
 *   where there is no WebAssembly.
 * - `none`: the tar as it is.
 */
export type Compression = "gzip" | "gzip:stream" | "none";

/** How the bytes of a layer are compressed. */
export interface CompressOptions {
  /**
   * How to compress.
   *
   * @default {"gzip"}
   */
  readonly compression?: Compression;
  /**
   * 1 (fast) to 12 (small), for `gzip` only: the runtime chooses for
   * `gzip:stream`.
   *
   * @default {5}
   */
  readonly level?: number;
}

/** Compresses one block by itself. */
export type BlockEncoder = (
  block: Uint8Array,
) => Uint8Array | Promise<Uint8Array>;

/**
 * Compresses the blocks of a tar. With `gzip` each chunk of the stream becomes
 * one gzip member, so the cuts of the stream decide on the bytes.
 *
 * @throws {ScratchbuildError} Code `COMPRESSION` for a codec or a level that
 * does not exist.
 */
export function compress(
  blocks: ReadableStream<Uint8Array>,
  options: CompressOptions = {},
): ReadableStream<Uint8Array> {
  checkCompression(options);
  const { compression = "gzip", level = DEFAULT_LEVEL } = options;
  switch (compression) {
    case "none":
      return blocks;
    case "gzip:stream":
      return streamOf(runtimeGzip(blocks));
    case "gzip":
      return streamOf(
        encodeBlocks(blocks, (block) => gzipBlock(block, level)),
      );
  }
}

/**
 * Refuses options that {@linkcode compress} could not work with: for finding
 * out before long work has been done.
 *
 * @throws {ScratchbuildError} Code `COMPRESSION`.
 */
export function checkCompression(options: CompressOptions): void {
  const { compression = "gzip", level } = options;
  if (!["gzip", "gzip:stream", "none"].includes(compression)) {
    throw new ScratchbuildError(
      `Cannot compress with ${JSON.stringify(compression)}: ` +
        "the codecs are gzip, gzip:stream and none",
      { code: "COMPRESSION" },
    );
  }
  if (level === undefined) return;
  if (compression !== "gzip") {
    throw new ScratchbuildError(
      `Cannot compress with ${compression} at level ${level}: ` +
        "only gzip takes a level",
      { code: "COMPRESSION" },
    );
  }
  if (!Number.isInteger(level) || level < MIN_LEVEL || level > MAX_LEVEL) {
    throw new ScratchbuildError(
      `Cannot compress with gzip at level ${level}: ` +
        `the levels are ${MIN_LEVEL} to ${MAX_LEVEL}`,
      { code: "COMPRESSION" },
    );
  }
}

async function* encodeBlocks(
  blocks: ReadableStream<Uint8Array>,
  encode: BlockEncoder,
): AsyncGenerator<Uint8Array> {
  let isEmpty = true;
  for await (const block of iterateStream(blocks)) {
    isEmpty = false;
    yield await encode(block);
  }
  // Nothing at all is no gzip.
  if (isEmpty) yield await encode(new Uint8Array());
}

/**
 * Each write is awaited because the `CompressionStream` of Node 20 takes in
 * whatever it is given, however slowly its output is read.
 */
async function* runtimeGzip(
  blocks: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new CompressionStream("gzip");
  const writer = writable.getWriter();
  const feed = async () => {
    try {
      for await (const block of iterateStream(blocks)) {
        await writer.write(block as Uint8Array<ArrayBuffer>);
      }
      await writer.close();
    } catch (error) {
      await writer.abort(error).catch(() => {});
      throw error;
    }
  };
  const fed = feed();
  // A failure shows at the readable side first; it is thrown from here below.
  fed.catch(() => {});
  try {
    yield* iterateStream(readable);
  } catch (error) {
    await fed;
    throw error;
  }
  await fed;
}
