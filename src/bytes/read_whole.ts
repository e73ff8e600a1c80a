import { type ByteSource, chunksOf } from "./byte_source.ts";
import { concat } from "./concat.ts";

/**
 * All bytes of a source that is known to be small.
 *
 * @throws What reading fails with.
 */
export async function readWhole(source: ByteSource): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  // Chunks may hold their bytes only until the next one is asked for.
  for await (const chunk of chunksOf(source)) chunks.push(chunk.slice());
  return concat(chunks);
}
