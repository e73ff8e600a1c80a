import {
  type ByteSource,
  chunksOf,
  iterateStream,
} from "../bytes/byte_source.ts";
import { decoded, sniff } from "../compression/decompress/decompress.ts";
import { abortedError, ScratchbuildError } from "../spec/error.ts";

/** Options of {@linkcode tarChunks}. */
export interface TarChunksOptions {
  /** Stops the reading. */
  readonly signal?: AbortSignal | undefined;
  /** Is told whether the tar was compressed, before its first byte. */
  readonly onEncoding?: (isCompressed: boolean) => void;
}

/**
 * The bytes of a tar, decompressed.
 *
 * @throws {ScratchbuildError} Code `COMPRESSION` where they are damaged, code
 * `LAYER` where they cannot be read or are not as many as were announced.
 */
export async function* tarChunks(
  tar: ByteSource | ReadableStream<Uint8Array>,
  { signal, onEncoding }: TarChunksOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const sniffed = await sniff(bytesOf(tar, signal));
  onEncoding?.(sniffed.encoding !== "none");
  yield* decoded(sniffed);
}

async function* bytesOf(
  tar: ByteSource | ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const isStream = tar instanceof ReadableStream;
  let length = 0;
  try {
    for await (const chunk of isStream ? iterateStream(tar) : chunksOf(tar)) {
      if (signal?.aborted) throw abortedError("build the layer", signal);
      length += chunk.byteLength;
      yield chunk;
    }
  } catch (error) {
    throw tarReadError(error);
  }
  if (isStream || length === tar.size) return;
  throw new ScratchbuildError(
    `Cannot build the layer: the tar has ${length} bytes, and ${tar.size} ` +
      "were announced",
    { code: "LAYER" },
  );
}

/** An error that says that it was the tar that could not be read. */
export function tarReadError(error: unknown): ScratchbuildError {
  if (error instanceof ScratchbuildError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new ScratchbuildError(
    `Cannot build the layer: the tar cannot be read: ${why}`,
    { code: "LAYER", cause: error },
  );
}
