import { iterateStream, streamOf } from "../bytes/byte_source.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { BlockCache } from "./block_cache.ts";
import type { BlockCodec } from "./block_codec.ts";
import { defaultJobs } from "./default_jobs.ts";
import { encodeBlocks } from "./encode_blocks.ts";
import { DEFAULT_LEVEL } from "./gzip_block.ts";
import { MAX_LEVEL, MAX_ZSTD_LEVEL, MOST_JOBS } from "./limits.ts";
import { DEFAULT_ZSTD_LEVEL, hasZstd } from "./zstd_block.ts";

/**
 * How a layer is compressed.
 *
 * - `gzip`: one gzip member per block; the same bytes on every runtime.
 * - `gzip:stream`: the runtime's own `CompressionStream`; one member, bytes
 *   that differ between runtimes. For consumers that read one member only, and
 *   where there is no WebAssembly.
 * - `zstd`: one zstd frame per block, by the runtime's own zstd: Node since
 *   22.15, Deno and Bun. Bytes may differ between versions of zstd.
 * - `none`: the tar as it is.
 */
export type Compression = "gzip" | "gzip:stream" | "zstd" | "none";

/** The codecs, as a message lists them. */
const COMPRESSIONS: readonly Compression[] = [
  "gzip",
  "gzip:stream",
  "zstd",
  "none",
];

/** How the bytes of a layer are compressed. */
export interface CompressOptions {
  /**
   * How to compress.
   *
   * @default {"gzip"}
   */
  readonly compression?: Compression;
  /**
   * From fast to small: 1 to 12 for `gzip`, 1 to 19 for `zstd`. The runtime
   * chooses for `gzip:stream`.
   *
   * @default {5 for gzip, 3 for zstd}
   */
  readonly level?: number;
  /**
   * Blocks that are compressed at the same time, by workers where there are
   * more than one; for `gzip` and `zstd`. The bytes do not depend on it.
   *
   * @default {one for each core, at most 16}
   */
  readonly jobs?: number;
  /**
   * Blocks that were compressed before, for `gzip` and `zstd`.
   *
   * @default none
   */
  readonly blockCache?: BlockCache;
}

/**
 * Compresses the blocks of a tar. With `gzip` each chunk of the stream becomes
 * one gzip member and with `zstd` one frame, so the cuts of the stream decide
 * on the bytes.
 *
 * @param blocks Each chunk has a buffer of its own, which is given away.
 * @throws {ScratchbuildError} Code `COMPRESSION` for a codec or a level that
 * does not exist.
 */
export function compress(
  blocks: ReadableStream<Uint8Array>,
  options: CompressOptions = {},
): ReadableStream<Uint8Array> {
  checkCompression(options);
  const { compression, jobs = defaultJobs(), blockCache } = options;
  if (compression === "none") return blocks;
  const codec = codecOf(options);
  if (codec === undefined) return streamOf(runtimeGzip(blocks));
  return streamOf(
    encodeBlocks(orNothing(iterateStream(blocks)), codec, {
      jobs,
      ...(blockCache && { cache: blockCache }),
    }),
  );
}

/**
 * What each block is compressed by.
 *
 * @returns Nothing where it is not compressed by itself.
 */
export function codecOf(
  { compression = "gzip", level }: CompressOptions,
): BlockCodec | undefined {
  switch (compression) {
    case "gzip":
      return { name: "gzip", level: level ?? DEFAULT_LEVEL };
    case "zstd":
      return { name: "zstd", level: level ?? DEFAULT_ZSTD_LEVEL };
    default:
      return undefined;
  }
}

/**
 * Refuses options that {@linkcode compress} could not work with: for finding
 * out before long work has been done.
 *
 * @throws {ScratchbuildError} Code `COMPRESSION`.
 */
export function checkCompression(options: CompressOptions): void {
  const { compression = "gzip", level, jobs = 1 } = options;
  const refuse = (what: string, why: string) => {
    throw new ScratchbuildError(`Cannot compress with ${what}: ${why}`, {
      code: "COMPRESSION",
    });
  };
  if (!COMPRESSIONS.includes(compression)) {
    refuse(
      JSON.stringify(compression),
      "the codecs are gzip, gzip:stream, zstd and none",
    );
  }
  if (compression === "zstd" && !hasZstd()) {
    refuse(
      "zstd",
      "this runtime does not have it. Use gzip, or Node 22.15 or later, Deno " +
        "or Bun",
    );
  }
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > MOST_JOBS) {
    refuse(`${jobs} jobs`, `there can be 1 to ${MOST_JOBS}`);
  }
  if (level === undefined) return;
  if (compression !== "gzip" && compression !== "zstd") {
    refuse(
      `${compression} at level ${level}`,
      "only gzip and zstd take a level",
    );
  }
  const most = compression === "gzip" ? MAX_LEVEL : MAX_ZSTD_LEVEL;
  if (!Number.isInteger(level) || level < 1 || level > most) {
    refuse(
      `${compression} at level ${level}`,
      `the levels are 1 to ${most}`,
    );
  }
}

/** One empty block where there is none: nothing at all is no gzip. */
async function* orNothing(
  blocks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isEmpty = true;
  for await (const block of blocks) {
    isEmpty = false;
    yield block;
  }
  if (isEmpty) yield new Uint8Array();
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
