import { type ByteSource, chunksOf, streamOf } from "./byte_source.ts";

/**
 * Some of the bytes of a source, as a source. Where the source cannot be opened
 * in the middle, what stands before them is read and left out.
 *
 * @param start Offset of the first byte.
 * @param end Offset after the last one.
 */
export function partOf(
  source: ByteSource,
  start: number,
  end: number,
): ByteSource {
  if (start === 0 && end === source.size) return source;
  if (source.slice) return source.slice(start, end);
  const chunks = () => chunksBetween(source, start, end);
  return { size: end - start, chunks, stream: () => streamOf(chunks()) };
}

async function* chunksBetween(
  source: ByteSource,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let position = 0;
  // A source that is too long is to be noticed, so the last part has no end.
  const limit = end === source.size ? Infinity : end;
  for await (const chunk of chunksOf(source)) {
    const from = Math.max(start - position, 0);
    const to = Math.min(limit - position, chunk.byteLength);
    if (from < to) yield chunk.subarray(from, to);
    position += chunk.byteLength;
    if (position >= limit) return;
  }
}
