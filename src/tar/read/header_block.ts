import { RECORD_SIZE } from "../header.ts";
import { noHeader } from "./no_header.ts";
import { TarError } from "./tar_error.ts";
import { tarNumber } from "./tar_number.ts";
import { upToNul } from "./tar_text.ts";

/** What one header block of a tar says. */
export interface HeaderBlock {
  /** The block itself, for what only some types have. */
  readonly block: Uint8Array;
  /** Offset of the block in the tar. */
  readonly offset: number;
  /** Which programs write such headers, as far as it shows. */
  readonly format: TarFormat;
  /** The character that tells the types apart. */
  readonly flag: string;
  /** Bytes of the name, with the prefix where the format has one. */
  readonly name: Uint8Array;
  /** Bytes of the link target. */
  readonly linkname: Uint8Array;
  /** Permission bits, and whatever stands above them. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes that follow, without padding; never negative. */
  readonly size: number;
  readonly mtime: number;
  readonly uname: Uint8Array;
  readonly gname: Uint8Array;
  readonly major: number;
  readonly minor: number;
}

/** The formats of tars that differ in a header; pax has that of ustar. */
export type TarFormat = "v7" | "ustar" | "star" | "gnu";

const NOTHING = new Uint8Array();

/**
 * Reads a header block.
 *
 * @param offset Where it is in the tar, for messages.
 * @throws {TarError} Where it is none.
 */
export function headerBlock(block: Uint8Array, offset: number): HeaderBlock {
  checkSum(block, offset);
  const field = (start: number, length: number) =>
    block.subarray(start, start + length);
  const number = (what: string, start: number, length: number) => {
    const value = tarNumber(field(start, length));
    if (value !== undefined) return value;
    throw new TarError(`the ${what} of an entry is no number`, offset);
  };
  const format = formatOf(block);
  const isOld = format === "v7";
  const flag = String.fromCharCode(block[156] ?? 0);
  // What is no device may have anything there.
  const device = (start: number) =>
    flag === "3" || flag === "4"
      ? number("device number", start, 8)
      : tarNumber(field(start, 8)) ?? 0;
  return {
    block,
    offset,
    format,
    flag,
    name: withPrefix(block, format),
    linkname: upToNul(field(157, 100)),
    mode: number("mode", 100, 8),
    uid: number("owner", 108, 8),
    gid: number("group", 116, 8),
    size: sizeOf(number("size", 124, 12), offset),
    mtime: number("time", 136, 12),
    uname: isOld ? NOTHING : upToNul(field(265, 32)),
    gname: isOld ? NOTHING : upToNul(field(297, 32)),
    major: isOld ? 0 : device(329),
    minor: isOld ? 0 : device(337),
  };
}

/** A negative size would lead back, and never to an end. */
function sizeOf(size: number, offset: number): number {
  if (size >= 0) return size;
  throw new TarError("the size of an entry is negative", offset);
}

function formatOf(block: Uint8Array): TarFormat {
  const text = (start: number, end: number) =>
    String.fromCharCode(...block.subarray(start, end));
  const magic = text(257, 265);
  if (magic === "ustar  \0") return "gnu";
  if (!magic.startsWith("ustar\0")) return "v7";
  return text(508, RECORD_SIZE) === "tar\0" ? "star" : "ustar";
}

/** The name, behind the prefix that ustar and star keep apart. */
function withPrefix(block: Uint8Array, format: TarFormat): Uint8Array {
  const name = upToNul(block.subarray(0, 100));
  const length = { v7: 0, ustar: 155, star: 131, gnu: prefixOfGnu(block) };
  const prefix = upToNul(block.subarray(345, 345 + length[format]));
  if (prefix.byteLength === 0) return name;
  const joined = new Uint8Array(prefix.byteLength + 1 + name.byteLength);
  joined.set(prefix);
  joined[prefix.byteLength] = 0x2f;
  joined.set(name, prefix.byteLength + 1);
  return joined;
}

/**
 * GNU headers have times where others have a prefix. Go before 1.8 wrote a
 * prefix all the same, which shows by what can be no time.
 */
function prefixOfGnu(block: Uint8Array): number {
  const times = [block.subarray(345, 357), block.subarray(357, 369)];
  const areTimes = times.every((time) =>
    time[0] === 0 || tarNumber(time) !== undefined
  );
  const prefix = upToNul(block.subarray(345, 500));
  return areTimes || prefix.some((byte) => byte > 0x7e) ? 0 : 155;
}

/** Old programs summed up signed bytes. */
function checkSum(block: Uint8Array, offset: number): void {
  const announced = tarNumber(block.subarray(148, 156));
  let unsigned = 0;
  let signed = 0;
  for (let position = 0; position < RECORD_SIZE; position++) {
    const isSum = position >= 148 && position < 156;
    const byte = isSum ? 0x20 : block[position] ?? 0;
    unsigned += byte;
    signed += byte < 0x80 ? byte : byte - 0x100;
  }
  if (announced === unsigned || announced === signed) return;
  throw new TarError(noHeader(block, offset), offset);
}
