import { type ByteSource, chunksOf } from "../../bytes/byte_source.ts";
import { ScratchbuildError } from "../../spec/error.ts";

/**
 * The chunks of a source, checked against the size that it states: a request
 * has announced that many bytes. The last chunk is held back until the source
 * has ended, so that a source that is too long never looks complete.
 *
 * @throws {ScratchbuildError} Code `TARGET` where the source is longer or
 * shorter than it states, or cannot be read.
 */
export async function* exactChunks(
  source: ByteSource,
): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  let last: Uint8Array | undefined;
  try {
    for await (const chunk of chunksOf(source)) {
      if (chunk.byteLength === 0) continue;
      size += chunk.byteLength;
      if (size > source.size) throw wrongSize(source, "more");
      if (size === source.size) last = chunk;
      else yield chunk;
    }
  } catch (error) {
    if (error instanceof ScratchbuildError) throw error;
    throw new ScratchbuildError(
      "Cannot upload: the bytes could not be read " +
        `(${error instanceof Error ? error.message : error})`,
      { code: "TARGET", cause: error },
    );
  }
  if (size < source.size) throw wrongSize(source, `only ${size}`);
  if (last) yield last;
}

function wrongSize(source: ByteSource, found: string): ScratchbuildError {
  return new ScratchbuildError(
    `Cannot upload: ${source.size} bytes were announced, but there are ` +
      `${found}. What is uploaded must not change meanwhile`,
    { code: "TARGET" },
  );
}
