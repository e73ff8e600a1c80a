import { DigestMismatchError } from "../bytes/digest_mismatch_error.ts";
import { createHasher, hashAlgorithm } from "../bytes/hasher.ts";
import { createSha256 } from "../bytes/sha256.ts";
import type { Digest } from "../spec/digest.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { Layer } from "./container_image.ts";
import { entryWeight } from "./entry_weight.ts";
import { layerEntries, type LayerEntriesOptions } from "./layer_entries.ts";
import { layerReadError } from "./layer_read_error.ts";
import { type LayerRecord, RECORD_WEIGHT, recordOf } from "./layer_record.ts";

/** Options of {@linkcode layerRecords}. */
export interface LayerRecordsOptions
  extends Pick<LayerEntriesOptions, "signal" | "onBytes"> {
  /** Whether the content of files is hashed. */
  readonly hash?: boolean;
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
  const { hash = false, onWeight, ...reading } = options;
  const algorithm = hashAlgorithm(layer.diffId);
  const hasher = algorithm && createHasher(algorithm);
  const onTar = (chunk: Uint8Array) => void hasher?.update(chunk);
  const records: LayerRecord[] = [];
  let index = 0;
  try {
    for await (const entry of layerEntries(layer, { ...reading, onTar })) {
      const record = await recordOf(entry, index++, hash);
      if (record === undefined) continue;
      const before = records.at(-1)?.path ?? "";
      onWeight?.(entryWeight(record, RECORD_WEIGHT, before));
      records.push(record);
    }
  } catch (error) {
    throw layerReadError(layer, error);
  }
  checkDiffId(layer, hasher?.digest());
  return records;
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
    for await (const { type, body } of layerEntries(layer, { signal })) {
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

function checkDiffId(
  { digest, diffId: expected }: Layer,
  actual: Digest = expected,
): void {
  if (actual === expected) return;
  throw new DigestMismatchError(
    `Cannot read the layer ${digest}: the configuration of the image names ` +
      `the diffID ${expected}, and it is ${actual}`,
    { expected, actual },
  );
}
