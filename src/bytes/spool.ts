import type { ByteSource } from "./byte_source.ts";
import { iterateStream } from "./byte_source.ts";

/** Bytes that a {@linkcode Spool} took in. Disposing frees what holds them. */
export type SpooledBytes = ByteSource & AsyncDisposable;

/**
 * Takes a stream in once, to be read as often as wanted. On a machine the bytes
 * go to a temporary file; where there is no disk, to a `Blob`.
 *
 * @param onKept May be told of the bytes that there are so far, all from the
 * first on, as there are more. They can be read until the spool fails.
 * @throws What the stream fails with; then nothing is kept.
 */
export type Spool = (
  stream: ReadableStream<Uint8Array>,
  onKept?: (kept: ByteSource) => void,
) => Promise<SpooledBytes>;

/** A {@linkcode Spool} that keeps the bytes in a `Blob`. */
export async function blobSpool(
  stream: ReadableStream<Uint8Array>,
): Promise<SpooledBytes> {
  const parts: BlobPart[] = [];
  for await (const chunk of iterateStream(stream)) {
    parts.push(chunk as Uint8Array<ArrayBuffer>);
  }
  return Object.assign(new Blob(parts), {
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}
