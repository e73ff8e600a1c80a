import { type ByteSource, chunksOf, streamOf } from "../bytes/byte_source.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import { abortedError } from "../spec/error.ts";
import type { WriteOptions } from "./image_target.ts";

/**
 * A source whose reading is reported to `onProgress`, chunk by chunk, and ended
 * by `signal`.
 *
 * @throws {ScratchbuildError} While it is read, code `ABORTED`.
 */
export function observed(
  source: ByteSource,
  descriptor: Descriptor,
  { onProgress, signal }: WriteOptions,
): ByteSource {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    onProgress?.({ descriptor, state: "start", bytes });
    for await (const chunk of chunksOf(source)) {
      if (signal?.aborted) throw abortedError("write the image", signal);
      bytes += chunk.byteLength;
      onProgress?.({ descriptor, state: "bytes", bytes });
      yield chunk;
    }
    onProgress?.({ descriptor, state: "done", bytes });
  }
  return { size: source.size, chunks, stream: () => streamOf(chunks()) };
}
