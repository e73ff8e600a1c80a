import { turn } from "./turn.ts";
import { iterateStream, streamOf } from "./byte_source.ts";

/**
 * Cuts a stream anew: every chunk is `size` bytes long, the last one may be
 * shorter. The cuts depend on the bytes alone, not on how they arrived. The
 * chunks are copies, each with a buffer of its own.
 *
 * @param size Bytes of a chunk, at least 1.
 */
export function rechunk(
  stream: ReadableStream<Uint8Array>,
  size: number,
): ReadableStream<Uint8Array> {
  return streamOf(cut(iterateStream(stream), size));
}

async function* cut(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  let block = new Uint8Array(size);
  let length = 0;
  for await (let chunk of chunks) {
    while (chunk.byteLength > 0) {
      const part = chunk.subarray(0, size - length);
      block.set(part, length);
      length += part.byteLength;
      chunk = chunk.subarray(part.byteLength);
      if (length < size) continue;
      yield block;
      block = new Uint8Array(size);
      length = 0;
      await turn();
    }
  }
  if (length > 0) yield block.subarray(0, length);
}
