import { iterateStream, streamOf } from "../../bytes/byte_source.ts";
import { concat } from "../../bytes/concat.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { type Decoder, decoderFor } from "./decoder.ts";
import { type Encoding, encodingOf, HEAD_SIZE } from "./encoding.ts";

/** Bytes that can be compressed, and what they are. */
export interface Sniffed {
  /** How they are compressed. */
  readonly encoding: Encoding;
  /** The same bytes, from the first one. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Undoes the compression of a stream, whichever it is: gzip of one or many
 * members, zstd of one or many frames, or none. Memory stays flat, however
 * well the bytes are compressed. Zeros behind the last member of gzip are left
 * out, as GNU gzip does.
 *
 * @throws {ScratchbuildError} In the stream, code `COMPRESSION`, where the
 * bytes are cut off or damaged, or followed by something else.
 *
 * @example
 * ```ts
 * import { decompress } from "@x/scratchbuild/core";
 *
 * const tar = decompress(new Blob(["not compressed"]).stream());
 * console.log(await new Response(tar).text());
 * ```
 */
export function decompress(
  compressed: ReadableStream<Uint8Array>,
): ReadableStream<Uint8Array> {
  return streamOf(decompressed(iterateStream(compressed)));
}

async function* decompressed(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const sniffed = await sniff(chunks);
  yield* decoded(sniffed);
}

/** Finds out how bytes are compressed. */
export async function sniff(
  chunks: AsyncIterable<Uint8Array>,
): Promise<Sniffed> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  while (head.byteLength < HEAD_SIZE) {
    const { done, value } = await iterator.next();
    if (done) break;
    head = concat([head, value]);
  }
  return { encoding: encodingOf(head), chunks: behind(head, iterator) };
}

async function* behind(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (head.byteLength > 0) yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}

/**
 * Undoes the compression of what was looked at.
 *
 * @param decoders Finds the decoder for an encoding.
 * @throws {ScratchbuildError} Code `COMPRESSION`, on the way.
 */
export async function* decoded(
  { encoding, chunks }: Sniffed,
  decoders: (encoding: "gzip" | "zstd") => Decoder = decoderFor,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (encoding === "none") {
    yield* chunks;
    return;
  }
  let failure: unknown;
  async function* watched() {
    try {
      yield* chunks;
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  try {
    yield* decoders(encoding)(watched());
  } catch (error) {
    // What the source fails with is not the fault of its compression.
    if (failure !== undefined) throw failure;
    throw new ScratchbuildError(
      `Cannot decompress: the ${encoding} data is damaged or cut off`,
      { code: "COMPRESSION", cause: error },
    );
  }
}
