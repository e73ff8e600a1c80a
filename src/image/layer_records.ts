import { type ByteSource, chunksOf } from "../bytes/byte_source.ts";
import { DigestMismatchError } from "../bytes/digest_mismatch_error.ts";
import { createHasher, hashAlgorithm } from "../bytes/hasher.ts";
import { createSha256 } from "../bytes/sha256.ts";
import { decoded, sniff } from "../compression/decompress/decompress.ts";
import { abortedError, ScratchbuildError } from "../spec/error.ts";
import { readTar } from "../tar/read/read_tar.ts";
import type { Layer } from "./container_image.ts";
import { isDamage, layerReadError } from "./layer_read_error.ts";
import { type LayerRecord, recordOf, weightOf } from "./layer_record.ts";

/** Options of {@linkcode layerRecords}. */
export interface LayerRecordsOptions {
  /** Whether the content of files is hashed. */
  readonly hash?: boolean;
  /** Stops the reading. */
  readonly signal?: AbortSignal;
  /** Is told how many bytes of the layer have been read. */
  readonly onBytes?: (bytes: number) => void;
  /** Is told how many bytes of memory a record takes, more or less. */
  readonly onWeight?: (bytes: number) => void;
}

/**
 * Reads a layer to its last byte, as a stream, and checks that the tar is the
 * one that its diffID says.
 *
 * @throws {ScratchbuildError} Code `IMAGE`, `TAR` or `COMPRESSION` where it is
 * no layer; code `ABORTED` when the signal ended the work; what its source
 * fails with.
 * @throws {DigestMismatchError} Where its diffID is that of another tar.
 */
export async function layerRecords(
  layer: Layer,
  options: LayerRecordsOptions = {},
): Promise<LayerRecord[]> {
  const { hash = false, onWeight } = options;
  const records: LayerRecord[] = [];
  const bytes = bytesOf(layer, options);
  const chunks = checkedTar(layer, tarOf(withoutReturn(bytes)));
  let index = 0;
  try {
    for await (const entry of readTar(withoutReturn(chunks))) {
      const record = await recordOf(entry, index++, hash);
      if (record === undefined) continue;
      onWeight?.(weightOf(record, records.at(-1)?.path ?? ""));
      records.push(record);
    }
    for await (const _ of chunks);
    return records;
  } catch (error) {
    await chunks.return();
    // Bytes that are not what they should be are the better reason.
    if (isDamage(error)) { for await (const _ of bytes); }
    throw layerReadError(layer, error);
  } finally {
    await bytes.return();
  }
}

/**
 * The content of one entry, by reading the layer anew, as far as that entry.
 *
 * @throws What {@linkcode layerRecords} throws.
 */
export async function* recordContent(
  layer: Layer,
  { index, size, digest }: Pick<LayerRecord, "index" | "size" | "digest">,
  { signal }: Pick<LayerRecordsOptions, "signal"> = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const hasher = createSha256();
  let position = 0;
  let length = 0;
  try {
    for await (
      const { type, body } of readTar(tarOf(bytesOf(layer, { signal })))
    ) {
      if (position++ < index) continue;
      for await (const chunk of type === "file" ? body : []) {
        length += chunk.byteLength;
        hasher.update(chunk);
        yield chunk;
      }
      break;
    }
  } catch (error) {
    throw layerReadError(layer, error);
  }
  const actual = hasher.digest();
  if (length === size && actual === (digest ?? actual)) return;
  throw new ScratchbuildError(
    `Cannot read the layer ${layer.digest}: it was changed while it was read`,
    { code: "IMAGE" },
  );
}

/** The end of a tar is not the end of the layer that holds it. */
function withoutReturn<T>(items: AsyncGenerator<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => ({ next: () => items.next() }) };
}

/** The tar of a layer; where it ends, it was found to be the right one. */
async function* checkedTar(
  { digest, diffId: expected }: Layer,
  tar: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const algorithm = hashAlgorithm(expected);
  const hasher = algorithm && createHasher(algorithm);
  for await (const chunk of tar) {
    hasher?.update(chunk);
    yield chunk;
  }
  const actual = hasher?.digest() ?? expected;
  if (actual === expected) return;
  throw new DigestMismatchError(
    `Cannot read the layer ${digest}: the configuration of the image names ` +
      `the diffID ${expected}, and it is ${actual}`,
    { expected, actual },
  );
}

async function* tarOf(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* decoded(await sniff(bytes));
}

async function* bytesOf(
  source: ByteSource,
  { signal, onBytes }: LayerRecordsOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  if (signal?.aborted) throw abortedError("read the image", signal);
  for await (const chunk of chunksOf(source)) {
    if (signal?.aborted) throw abortedError("read the image", signal);
    yield chunk;
    onBytes?.(bytes += chunk.byteLength);
  }
}
