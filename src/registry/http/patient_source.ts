import {
  type ByteSource,
  chunksOf,
  streamOf,
} from "../../bytes/byte_source.ts";
import type { IdleWatch } from "./idle_watch.ts";

/**
 * A source during whose reading a connection is not taken for dead: what is
 * sent may come from another registry, which is slow, or asked once more.
 */
export function patientSource(
  source: ByteSource,
  watch: IdleWatch,
): ByteSource {
  async function* chunks(scratch?: Uint8Array) {
    watch.touch(Infinity);
    try {
      for await (const chunk of chunksOf(source, scratch)) {
        watch.touch();
        yield chunk;
        watch.touch(Infinity);
      }
    } finally {
      watch.touch();
    }
  }
  return { size: source.size, chunks, stream: () => streamOf(chunks()) };
}
