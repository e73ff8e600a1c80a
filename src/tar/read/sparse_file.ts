import { RECORD_SIZE } from "../header.ts";
import type { HeaderBlock } from "./header_block.ts";
import { paxNumber, type PaxRecords } from "./pax_header.ts";
import type { TarBytes } from "./tar_bytes.ts";
import { TarError } from "./tar_error.ts";
import { tarNumber } from "./tar_number.ts";
import { tarText } from "./tar_text.ts";

/** A part of a sparse file that is stored; between the parts are holes. */
export interface SparsePart {
  /** Where it is in the file, in bytes. */
  readonly offset: number;
  /** Its length, in bytes. */
  readonly length: number;
}

/** What is known of a sparse file. */
export interface SparseFile {
  /** Bytes of the file, with its holes. */
  readonly size: number;
  /** What of it is stored, in order. */
  readonly parts: readonly SparsePart[];
  /** Bytes of the map that stood before the content, and were taken. */
  readonly mapSize: number;
}

/** A map of this size has over 20,000 parts. */
const MAX_MAP_SIZE = 1 << 20;

/**
 * Finds out whether a file is sparse, in any of the forms of GNU tar, and reads
 * the map of its parts.
 *
 * @param size Bytes that are stored.
 * @param bytes Stands behind the header, and then behind the map.
 * @returns Nothing where the file is not sparse.
 * @throws {TarError} For a map that is malformed or too large.
 * @see {@link https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html}
 */
export async function sparseFile(
  header: HeaderBlock,
  size: number,
  pax: PaxRecords,
  bytes: TarBytes,
): Promise<SparseFile | undefined> {
  const { offset } = header;
  const start = bytes.position;
  let parts: number[];
  let whole: number | undefined;
  if (header.flag === "S") {
    // Others have something else where GNU tar has the map.
    if (header.format !== "gnu") throw malformed(offset);
    whole = tarNumber(header.block.subarray(483, 495));
    parts = await oldMap(header.block, bytes, offset);
    return checked(whole, parts, size, 0, offset);
  }
  const text = (keyword: string) => {
    const value = pax.get(`GNU.sparse.${keyword}`);
    return value && tarText(value).text;
  };
  const isV1 = text("major") === "1" && text("minor") === "0";
  const map = text("map");
  if (!isV1 && map === undefined) return undefined;
  const real = pax.get("GNU.sparse.size") ?? pax.get("GNU.sparse.realsize");
  whole = real ? paxNumber(real) : size;
  if (isV1) {
    parts = await mapBeforeContent(bytes, size, offset);
  } else {
    parts = map === "" ? [] : (map ?? "").split(",").map(decimal);
    const count = text("numblocks");
    if (count !== undefined && decimal(count) * 2 !== parts.length) {
      throw malformed(offset);
    }
  }
  return checked(whole, parts, size, bytes.position - start, offset);
}

/** The content of a sparse file, with zeros for its holes. */
export async function* sparseContent(
  { size, parts }: SparseFile,
  bytes: TarBytes,
): AsyncGenerator<Uint8Array, void, undefined> {
  let position = 0;
  for (const { offset, length } of parts) {
    yield* zeros(offset - position);
    for (let left = length; left > 0;) {
      const chunk = await bytes.some(left);
      left -= chunk.byteLength;
      yield chunk;
    }
    position = offset + length;
  }
  yield* zeros(size - position);
}

const ZEROS = new Uint8Array(1 << 16);

function* zeros(length: number): Generator<Uint8Array, void, undefined> {
  for (let left = length; left > 0; left -= ZEROS.byteLength) {
    yield ZEROS.subarray(0, Math.min(left, ZEROS.byteLength));
  }
}

/** The map in the header, and in the blocks that follow it. */
async function oldMap(
  header: Uint8Array,
  bytes: TarBytes,
  offset: number,
): Promise<number[]> {
  const numbers: number[] = [];
  let block = header;
  let [start, count] = [386, 4];
  for (let size = RECORD_SIZE;; size += RECORD_SIZE) {
    for (let index = 0; index < count; index++) {
      const at = start + index * 24;
      if (block[at] === 0) break;
      numbers.push(
        tarNumber(block.subarray(at, at + 12)) ?? NaN,
        tarNumber(block.subarray(at + 12, at + 24)) ?? NaN,
      );
    }
    if (block[start + count * 24] === 0) return numbers;
    if (size > MAX_MAP_SIZE) throw malformed(offset);
    block = await bytes.take(RECORD_SIZE);
    if (block.byteLength < RECORD_SIZE) {
      throw new TarError("it is cut off", bytes.position);
    }
    [start, count] = [0, 21];
  }
}

/** The map that stands before the content, a decimal number on each line. */
async function mapBeforeContent(
  bytes: TarBytes,
  size: number,
  offset: number,
): Promise<number[]> {
  let text = "";
  let wanted = 1;
  let lines = 0;
  for (let taken = 0; lines < wanted;) {
    taken += RECORD_SIZE;
    if (taken > size || taken > MAX_MAP_SIZE) throw malformed(offset);
    const block = await bytes.take(RECORD_SIZE);
    if (block.byteLength < RECORD_SIZE) {
      throw new TarError("it is cut off", bytes.position);
    }
    for (const byte of block) if (byte === 0x0a) lines++;
    text += tarText(block).text;
    if (wanted === 1 && lines > 0) {
      wanted = 1 + 2 * decimal(text.slice(0, text.indexOf("\n")));
      if (Number.isNaN(wanted)) throw malformed(offset);
    }
  }
  return text.split("\n").slice(1, wanted).map(decimal);
}

function decimal(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : NaN;
}

function checked(
  size: number | undefined,
  numbers: readonly number[],
  stored: number,
  mapSize: number,
  offset: number,
): SparseFile {
  const parts: SparsePart[] = [];
  let end = 0;
  let sum = 0;
  for (let index = 0; index < numbers.length; index += 2) {
    const start = numbers[index] ?? NaN;
    const length = numbers[index + 1] ?? NaN;
    if (!(start >= end && length >= 0 && start + length <= (size ?? 0))) {
      throw malformed(offset);
    }
    if (length > 0) parts.push({ offset: start, length });
    end = start + length;
    sum += length;
  }
  if (
    size === undefined || size < 0 || !Number.isSafeInteger(size) ||
    sum > stored - mapSize
  ) throw malformed(offset);
  return { size, parts, mapSize };
}

function malformed(offset: number): TarError {
  return new TarError("the map of a sparse file is malformed", offset);
}
