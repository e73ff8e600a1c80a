import type { Extensions } from "./extensions.ts";
import type { HeaderBlock } from "./header_block.ts";
import { paxNumber, paxTime } from "./pax_header.ts";
import type { TarHeader } from "./tar_entry.ts";
import { TarError } from "./tar_error.ts";
import { tarText } from "./tar_text.ts";

const TYPES: Readonly<Record<string, TarHeader["type"]>> = {
  "0": "file",
  "\0": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "character-device",
  "4": "block-device",
  "5": "directory",
  "6": "fifo",
  "7": "file",
  D: "directory",
  S: "file",
};

/** Where pax headers keep extended attributes. */
const XATTR = /^SCHILY\.xattr\.(.+)$/s;

/**
 * What the header of an entry and the headers before it say together. What they
 * say counts in this order: GNU's long names, pax, the header itself.
 *
 * @throws {TarError} For a number in a pax record that is none.
 */
export function entryOf(
  header: HeaderBlock,
  { pax, longName, longLink }: Extensions,
): TarHeader {
  const { offset, flag } = header;
  // An empty value takes back what was said before.
  const record = (keyword: string) => {
    const value = pax.get(keyword);
    return value && value.byteLength > 0 ? value : undefined;
  };
  const number = (keyword: string, otherwise: number) => {
    const value = record(keyword);
    const read = value ? paxNumber(value) : otherwise;
    if (read !== undefined) return read;
    throw new TarError(`the ${keyword} of an entry is no number`, offset);
  };
  const name = tarText(
    record("GNU.sparse.name") ?? longName ?? record("path") ?? header.name,
  );
  const target = tarText(longLink ?? record("linkpath") ?? header.linkname);
  const type = TYPES[flag] ?? "other";
  // Before there was a type for them, directories were files with such names.
  const isOldDirectory = flag === "\0" && name.text.endsWith("/");
  const written = number("size", header.size);
  if (written < 0) {
    throw new TarError("the size of an entry is negative", offset);
  }
  const size = /[1-6]/.test(flag) || isOldDirectory ? 0 : written;
  const modified = record("mtime");
  const time = modified
    ? paxTime(modified)
    : { seconds: header.mtime, nanoseconds: 0 };
  if (!time) throw new TarError("the mtime in a pax header is no time", offset);
  return {
    type: isOldDirectory ? "directory" : type,
    typeFlag: flag,
    path: name.text,
    ...(name.raw && { rawPath: name.raw }),
    target: target.text,
    ...(target.raw && { rawTarget: target.raw }),
    mode: header.mode & 0o7777,
    uid: number("uid", header.uid),
    gid: number("gid", header.gid),
    uname: tarText(record("uname") ?? header.uname).text,
    gname: tarText(record("gname") ?? header.gname).text,
    size,
    mtime: time.seconds,
    mtimeNanoseconds: time.nanoseconds,
    major: header.major,
    minor: header.minor,
    xattrs: xattrsOf(pax),
  };
}

function xattrsOf(
  pax: Extensions["pax"],
): Readonly<Record<string, Uint8Array>> {
  const xattrs: Record<string, Uint8Array> = Object.create(null);
  for (const [keyword, value] of pax) {
    const [, name] = XATTR.exec(keyword) ?? [];
    if (name !== undefined) xattrs[name] = value;
  }
  return xattrs;
}
