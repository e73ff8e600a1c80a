import { concat } from "./concat.ts";
import { turn } from "./turn.ts";
import { iterateStream, streamOf } from "./byte_source.ts";

/**
 * Cuts a stream anew: every chunk is `size` bytes long, the last one may be
 * shorter. The cuts depend on the bytes alone, not on how they arrived.
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
  let held: Uint8Array[] = [];
  let length = 0;
  for await (let chunk of chunks) {
    while (length + chunk.byteLength >= size) {
      held.push(chunk.subarray(0, size - length));
      chunk = chunk.subarray(size - length);
      yield concat(held);
      held = [];
      length = 0;
      await turn();
    }
    if (chunk.byteLength > 0) {
      held.push(chunk);
      length += chunk.byteLength;
    }
  }
  if (length > 0) yield concat(held);
}
