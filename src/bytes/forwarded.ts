import { type ByteSource, chunksOf } from "./byte_source.ts";
import { partOf } from "./part_of.ts";

/**
 * The members of a source as those of a plain object, for what is a source and
 * more.
 */
export function forwarded(source: ByteSource): ByteSource {
  return {
    size: source.size,
    stream: () => source.stream(),
    ...(source.chunks
      ? { chunks: (scratch) => chunksOf(source, scratch) }
      : {}),
    slice: (start, end) => partOf(source, start, end),
  };
}
