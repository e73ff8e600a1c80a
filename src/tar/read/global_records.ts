import type { PaxRecords } from "./pax_header.ts";
import { TarError } from "./tar_error.ts";

/** What a header for all entries can say of them; a comment is about none. */
const KEYWORD =
  /^(?:path|linkpath|size|uid|gid|uname|gname|mtime|SCHILY\.xattr\..+)$/s;

/** Every entry costs as much as these, so they are fewer than its own may be. */
const MAX_SIZE = 1 << 14;

/**
 * Adds the records of a pax header that is about all entries behind it.
 *
 * @param before What earlier headers of this kind said.
 * @param offset Where the header is in the tar, for messages.
 * @throws {TarError} Where there are more of them than any tar needs.
 */
export function addGlobalRecords(
  before: PaxRecords,
  records: PaxRecords,
  offset: number,
): PaxRecords {
  const all = new Map(before);
  for (const [keyword, value] of records) {
    if (KEYWORD.test(keyword)) all.set(keyword, value);
  }
  let size = 0;
  for (const [keyword, value] of all) size += keyword.length + value.byteLength;
  if (size <= MAX_SIZE) return all;
  throw new TarError(
    "the pax headers for all entries hold more than any tar needs",
    offset,
  );
}
