import { TarError } from "./tar_error.ts";
import { tarText } from "./tar_text.ts";

/** The records of a pax header: values are bytes. */
export type PaxRecords = ReadonlyMap<string, Uint8Array>;

/** Keywords whose values may not hold a NUL. */
const NAMES = new Set(["path", "linkpath", "uname", "gname"]);

/** Records of GNU tar that come in pairs, once for each part of a file. */
const SPARSE_OFFSET = "GNU.sparse.offset";
const SPARSE_LENGTH = "GNU.sparse.numbytes";
const SPARSE_MAP = "GNU.sparse.map";

/**
 * Reads the records of a pax header. The pairs by which GNU tar wrote its first
 * sparse files are joined to a `GNU.sparse.map`, as it wrote later ones.
 *
 * @param offset Where the header is in the tar, for messages.
 * @throws {TarError} For records that are malformed.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03}
 */
export function paxHeader(bytes: Uint8Array, offset: number): PaxRecords {
  const records = new Map<string, Uint8Array>();
  const parts: string[] = [];
  for (let start = 0; start < bytes.byteLength;) {
    const { keyword, value, end } = record(bytes, start, offset);
    start = end;
    if (keyword === SPARSE_OFFSET || keyword === SPARSE_LENGTH) {
      const isOffset = parts.length % 2 === 0;
      const text = tarText(value).text;
      if (isOffset !== (keyword === SPARSE_OFFSET) || text.includes(",")) {
        throw malformed(offset);
      }
      parts.push(text);
    } else {
      records.set(keyword, value);
    }
  }
  if (parts.length > 0) {
    records.set(SPARSE_MAP, new TextEncoder().encode(parts.join(",")));
  }
  return records;
}

/** One record, `length keyword=value\n`. */
function record(
  bytes: Uint8Array,
  start: number,
  offset: number,
): { keyword: string; value: Uint8Array; end: number } {
  const blank = bytes.indexOf(0x20, start);
  const digits = blank < 0 || blank - start > 10
    ? ""
    : tarText(bytes.subarray(start, blank)).text;
  const end = /^\d+$/.test(digits) ? start + Number(digits) : 0;
  const equals = bytes.indexOf(0x3d, blank);
  if (
    end > bytes.byteLength || end <= equals || equals <= blank + 1 ||
    bytes[end - 1] !== 0x0a
  ) throw malformed(offset);
  const { text: keyword } = tarText(bytes.subarray(blank + 1, equals));
  const value = bytes.slice(equals + 1, end - 1);
  const hasNul = NAMES.has(keyword)
    ? value.includes(0)
    : keyword.includes("\0");
  if (hasNul) throw malformed(offset);
  return { keyword, value, end };
}

function malformed(offset: number): TarError {
  return new TarError("a pax header is malformed", offset);
}

/**
 * Reads a time of a pax header: seconds with a fraction.
 *
 * @returns Whole seconds, rounded down, and the nanoseconds beyond them;
 * nothing where it is no time.
 */
export function paxTime(
  value: Uint8Array,
): { readonly seconds: number; readonly nanoseconds: number } | undefined {
  const [, sign, digits = "", fraction = ""] =
    /^([+-]?)(\d{1,16})(?:\.(\d*))?$/.exec(tarText(value).text) ?? [];
  const whole = Number(digits);
  if (digits === "" || !Number.isSafeInteger(whole)) return undefined;
  const rest = Number(fraction.padEnd(9, "0").slice(0, 9));
  if (sign !== "-") return { seconds: whole, nanoseconds: rest };
  // `0 - whole`, because -0 is another number than 0 to those who compare.
  return rest === 0
    ? { seconds: 0 - whole, nanoseconds: 0 }
    : { seconds: -whole - 1, nanoseconds: 1e9 - rest };
}

/**
 * Reads a whole number of a pax header.
 *
 * @returns Nothing where it is none, or is beyond 2^53.
 */
export function paxNumber(value: Uint8Array): number | undefined {
  const { text } = tarText(value);
  const number = /^[+-]?\d{1,64}$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}
