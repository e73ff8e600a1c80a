import type { ArrangedEntry } from "./arrange.ts";
import { LayerError } from "./layer_error.ts";

/** Bytes of a tar record; headers and contents are padded to it. */
export const RECORD_SIZE = 512;

const TYPE_FLAG: Readonly<Record<ArrangedEntry["type"] | "pax", string>> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  directory: "5",
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
 * 1970 to 2242). The result is a multiple of 512 bytes and depends on the
 * entry alone.
 *
 * @throws {LayerError} Where a number of the entry is out of range.
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
  }));
  header.set(pax, RECORD_SIZE);
  header.set(ustar(fields), header.byteLength - RECORD_SIZE);
  return header;
}

/**
 * Bytes of an entry in a tar: header, content and padding.
 *
 * @throws {LayerError} Where a number of the entry is out of range.
 */
export function entrySize(entry: ArrangedEntry): number {
  const content = entry.type === "file" ? padded(entry.body.size) : 0;
  return sizeOf(describe(entry).pax) + content;
}

function sizeOf(pax: Uint8Array): number {
  return RECORD_SIZE +
    (pax.byteLength === 0 ? 0 : RECORD_SIZE + padded(pax.byteLength));
}

function describe(entry: ArrangedEntry): Header {
  check(entry);
  const { mode, uid, gid, mtime } = entry;
  const name = entry.type === "directory" ? `${entry.path}/` : entry.path;
  const linkname = "target" in entry ? entry.target : "";
  const size = entry.type === "file" ? entry.body.size : 0;

  const records: string[] = [];
  const text = (keyword: string, value: string) => {
    if (fitsName(value)) return value;
    records.push(paxRecord(keyword, value));
    return asciiName(value);
  };
  const number = (keyword: string, value: number, max: number) => {
    if (value >= 0 && value <= max) return value;
    records.push(paxRecord(keyword, String(value)));
    return 0;
  };
  const fields: Fields = {
    type: TYPE_FLAG[entry.type],
    mode,
    gid: number("gid", gid, MAX_7_DIGITS),
    linkname: text("linkpath", linkname),
    mtime: number("mtime", mtime, MAX_11_DIGITS),
    name: text("path", name),
    size: number("size", size, MAX_11_DIGITS),
    uid: number("uid", uid, MAX_7_DIGITS),
  };
  return { fields, pax: encoder.encode(records.join("")) };
}

/** Rounds a length up to whole records. */
export function padded(length: number): number {
  return Math.ceil(length / RECORD_SIZE) * RECORD_SIZE;
}

function check(entry: ArrangedEntry): void {
  const { path, mode, uid, gid, mtime } = entry;
  const refuse = (what: string) => {
    throw new LayerError(path, what);
  };
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o7777) {
    refuse(`the mode ${mode} is not in 0 to 0o7777`);
  }
  for (const id of [uid, gid]) {
    if (!Number.isInteger(id) || id < 0 || id > 0x7fffffff) {
      refuse(`the owner ${uid}:${gid} is not in 0 to 2147483647`);
    }
  }
  if (!Number.isSafeInteger(mtime)) {
    refuse(`the time ${mtime} is not a whole number of seconds`);
  }
  if (
    "target" in entry && (!entry.target.isWellFormed() ||
      entry.target === "" || entry.target.includes("\0"))
  ) {
    refuse(
      `the target of the link, ${
        JSON.stringify(entry.target.toWellFormed())
      }, ` +
        "is empty, holds a NUL character or is not valid Unicode",
    );
  }
  if (
    entry.type === "file" &&
    (!Number.isSafeInteger(entry.body.size) || entry.body.size < 0)
  ) {
    refuse(`the size ${entry.body.size} is not a number of bytes`);
  }
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
  octal(329, 7, 0);
  octal(337, 7, 0);
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

/** `length keyword=value\n`, where the length counts its own digits. */
function paxRecord(keyword: string, value: string): string {
  const rest = ` ${keyword}=${value}\n`;
  const restLength = encoder.encode(rest).byteLength;
  let length = restLength;
  while (length !== restLength + String(length).length) {
    length = restLength + String(length).length;
  }
  return `${length}${rest}`;
}
