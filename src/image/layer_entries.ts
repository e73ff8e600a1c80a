import { type ByteSource, chunksOf } from "../bytes/byte_source.ts";
import { decoded, sniff } from "../compression/decompress/decompress.ts";
import { abortedError } from "../spec/error.ts";
import { readTar } from "../tar/read/read_tar.ts";
import type { TarEntry } from "../tar/read/tar_entry.ts";
import { isDamage } from "./layer_read_error.ts";

/** Options of {@linkcode layerEntries}. */
export interface LayerEntriesOptions {
  /**
   * What the work is, for the error of the signal.
   *
   * @default {"read the image"}
   */
  readonly work?: string;
  /** Stops the reading. */
  readonly signal?: AbortSignal;
  /** Is told how many bytes of the layer have been read. */
  readonly onBytes?: (bytes: number) => void;
  /** Sees the tar in it, chunk by chunk. */
  readonly onTar?: (chunk: Uint8Array) => void;
}

/**
 * Reads what a layer holds, entry by entry, as a stream: nothing is stored. It
 * is read to its last byte, behind the end of the tar too: only there its source
 * says whether the bytes are what they should be. Whoever leaves early ends the
 * reading.
 *
 * @throws {TarError} Where its bytes are no tar.
 * @throws {ScratchbuildError} Code `COMPRESSION` where they cannot be
 * decompressed, code `ABORTED` when the signal ended the work; what its source
 * fails with, first of all.
 */
export async function* layerEntries(
  layer: ByteSource,
  options: LayerEntriesOptions = {},
): AsyncGenerator<TarEntry, void, undefined> {
  const bytes = bytesOf(layer, options);
  const tar = tarOf(withoutReturn(bytes), options);
  try {
    yield* readTar(withoutReturn(tar));
    for await (const _ of tar);
    for await (const _ of bytes);
  } catch (error) {
    // Bytes that are not what they should be are the better reason.
    if (isDamage(error)) { for await (const _ of bytes); }
    throw error;
  } finally {
    await tar.return();
    await bytes.return();
  }
}

/** The end of a tar is not the end of the layer that holds it. */
function withoutReturn<T>(items: AsyncGenerator<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => ({ next: () => items.next() }) };
}

async function* tarOf(
  bytes: AsyncIterable<Uint8Array>,
  { onTar }: LayerEntriesOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of decoded(await sniff(bytes))) {
    onTar?.(chunk);
    yield chunk;
  }
}

async function* bytesOf(
  source: ByteSource,
  { work = "read the image", signal, onBytes }: LayerEntriesOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  if (signal?.aborted) throw abortedError(work, signal);
  for await (const chunk of chunksOf(source)) {
    if (signal?.aborted) throw abortedError(work, signal);
    bytes += chunk.byteLength;
    onBytes?.(bytes);
    yield chunk;
  }
}
