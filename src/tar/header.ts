import type { ArrangedEntry } from "./arranged_entry.ts";
import { PaxRecords } from "./pax_records.ts";

/** Bytes of a tar record; headers and contents are padded to it. */
export const RECORD_SIZE = 512;

const TYPE_FLAG: Readonly<Record<ArrangedEntry["type"] | "pax", string>> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  "character-device": "3",
  "block-device": "4",
  directory: "5",
  fifo: "6",
  pax: "x",
};

/** The largest numbers that the octal fields of a ustar header hold. */
const MAX_7_DIGITS = 0o7777777;
const MAX_11_DIGITS = 0o77777777777;
const NAME_LENGTH = 100;

const encoder = new TextEncoder();

/** What the fields of one ustar header say. */
interface Fields {
  readonly name: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly type: string;
  readonly linkname: string;
  readonly devmajor: number;
  readonly devminor: number;
}

/** What the header of one entry says: ustar fields, and what they cannot hold. */
interface Header {
  readonly fields: Fields;
  /** The pax records, or nothing where the fields say it all. */
  readonly pax: Uint8Array;
}

/**
 * Writes the header of an entry: a ustar header and, before it, a pax header
 * for what the ustar fields cannot hold (names that are long or not ASCII,
 * link targets over 100 bytes, files over 8 GiB, large owners, times outside
 * 1970 to 2242 or between two seconds, extended attributes). The result is a
 * multiple of 512 bytes and depends on the entry alone.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06} for ustar
 * @see {@link https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03} for pax
 */
export function tarHeader(entry: ArrangedEntry): Uint8Array {
  const { fields, pax } = describe(entry);
  if (pax.byteLength === 0) return ustar(fields);
  const header = new Uint8Array(sizeOf(pax));
  header.set(ustar({
    type: TYPE_FLAG.pax,
    name: asciiName(`PaxHeaders/${fields.name}`),
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: pax.byteLength,
    mtime: fields.mtime,
    linkname: "",
    devmajor: 0,
    devminor: 0,
  }));
  header.set(pax, RECORD_SIZE);
  header.set(ustar(fields), header.byteLength - RECORD_SIZE);
  return header;
}

/** Bytes of an entry in a tar: header, content and padding. */
export function entrySize(entry: ArrangedEntry): number {
  const content = entry.type === "file" ? padded(entry.body.size) : 0;
  return sizeOf(describe(entry).pax) + content;
}

function sizeOf(pax: Uint8Array): number {
  return RECORD_SIZE +
    (pax.byteLength === 0 ? 0 : RECORD_SIZE + padded(pax.byteLength));
}

function describe(entry: ArrangedEntry): Header {
  const { mode, uid, gid } = entry;
  const name = entry.type === "directory" ? `${entry.path}/` : entry.path;
  const linkname = "target" in entry ? entry.target : "";
  const size = entry.type === "file" ? entry.body.size : 0;
  const { major = 0, minor = 0 } = "major" in entry ? entry : {};

  const records = new PaxRecords();
  const text = (keyword: string, value: string) => {
    if (fitsName(value)) return value;
    records.add(keyword, value);
    return asciiName(value);
  };
  const number = (
    keyword: string,
    value: number,
    max: number,
    exactly = String(value),
  ) => {
    const fits = value >= 0 && value <= max;
    if (!fits || exactly !== String(value)) records.add(keyword, exactly);
    return fits ? value : 0;
  };
  const fields: Fields = {
    type: TYPE_FLAG[entry.type],
    mode,
    gid: number("gid", gid, MAX_7_DIGITS),
    linkname: text("linkpath", linkname),
    mtime: number("mtime", entry.mtime, MAX_11_DIGITS, timeText(entry)),
    name: text("path", name),
    size: number("size", size, MAX_11_DIGITS),
    uid: number("uid", uid, MAX_7_DIGITS),
    devmajor: major,
    devminor: minor,
  };
  for (const [name, value] of Object.entries(entry.xattrs)) {
    records.add(`SCHILY.xattr.${name}`, value);
  }
  return { fields, pax: records.bytes() };
}

/** A time in seconds, with as many digits behind the point as it has. */
function timeText({ mtime, mtimeNanoseconds }: ArrangedEntry): string {
  if (mtimeNanoseconds === 0) return String(mtime);
  const late = mtime >= 0;
  const seconds = late ? String(mtime) : `-${-mtime - 1}`;
  const rest = late ? mtimeNanoseconds : 1e9 - mtimeNanoseconds;
  return `${seconds}.${String(rest).padStart(9, "0").replace(/0+$/, "")}`;
}

/** Rounds a length up to whole records. */
export function padded(length: number): number {
  return Math.ceil(length / RECORD_SIZE) * RECORD_SIZE;
}

function ustar(fields: Fields): Uint8Array {
  const block = new Uint8Array(RECORD_SIZE);
  const text = (offset: number, value: string) => {
    encoder.encodeInto(value, block.subarray(offset));
  };
  const octal = (offset: number, digits: number, value: number) => {
    text(offset, value.toString(8).padStart(digits, "0"));
  };
  text(0, fields.name);
  octal(100, 7, fields.mode);
  octal(108, 7, fields.uid);
  octal(116, 7, fields.gid);
  octal(124, 11, fields.size);
  octal(136, 11, fields.mtime);
  text(148, " ".repeat(8)); // the checksum counts itself as spaces
  text(156, fields.type);
  text(157, fields.linkname);
  text(257, "ustar\x0000");
  octal(329, 7, fields.devmajor);
  octal(337, 7, fields.devminor);
  let checksum = 0;
  for (const byte of block) checksum += byte;
  octal(148, 6, checksum);
  block[154] = 0;
  return block;
}

function fitsName(value: string): boolean {
  return value.length <= NAME_LENGTH && !/[^\x20-\x7e]/.test(value);
}

/** What readers that do not know pax see in place of a name. */
function asciiName(value: string): string {
  return value.replace(/[^\x20-\x7e]/gu, "_").slice(0, NAME_LENGTH);
}
