import { type ByteSource, chunksOf, streamOf } from "./byte_source.ts";
import { partOf } from "./part_of.ts";

/**
 * The bytes of a source, or where it fails those of another one, which are the
 * same.
 *
 * @param other Opens the other one, or gives nothing where there is none.
 * @throws While it is read, what the source fails with.
 */
export function orElse(
  source: ByteSource,
  other: () => Promise<ByteSource | undefined>,
): ByteSource {
  const { size } = source;
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    let length = 0;
    try {
      for await (const chunk of chunksOf(source)) {
        length += chunk.byteLength;
        yield chunk;
      }
    } catch (error) {
      const again = await other().catch(() => undefined);
      if (!again) throw error;
      yield* chunksOf(partOf(again, length, size));
    }
  }
  return {
    size,
    chunks,
    stream: () => streamOf(chunks()),
    slice: (start, end) =>
      orElse(partOf(source, start, end), async () => {
        const again = await other();
        return again && partOf(again, start, end);
      }),
  };
}
