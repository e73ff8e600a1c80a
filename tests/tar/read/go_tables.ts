// Tables of Go's `archive/tar`: how they are read.
import assert from "node:assert/strict";
import type { PaxRecords } from "../../../src/tar/read/pax_header.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";

/** A row of a table. */
export type Row = Readonly<Record<string, unknown>>;
/** Records of a pax header. */
export type Records = Readonly<Record<string, string>>;

const tables = skipWithoutCorpora
  ? {}
  : readCorpus<{ tables: Record<string, Record<string, Row[]>> }>(
    "go-archive-tar/tables.json",
  ).tables;

/** The rows of a table; there are as many as there were. */
export function rows(
  room: string,
  name: string,
  count: number,
): readonly Row[] {
  const found = tables[room]?.[`${name}.vectors`] ?? [];
  assert.equal(found.length, count);
  return found;
}

/** A part of a value that stands in the tables for what JSON has not. */
export function special(value: unknown, key: string): string | undefined {
  if (typeof value !== "object" || value === null || !(key in value)) {
    return undefined;
  }
  return String((value as Record<string, unknown>)[key]);
}

/** Bytes that stand in the tables as text, or as hexadecimal digits. */
export function bytesOf(value: unknown): Uint8Array {
  const hex = special(value, "$latin1hex");
  return hex === undefined
    ? new TextEncoder().encode(String(value))
    : Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

/** A number, or nothing where it is beyond what is read. */
export function numberOf(value: unknown): number | undefined {
  const text = special(value, "$int") ?? special(value, "$num") ??
    String(value);
  return Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}

/** A time of Go, whose nanoseconds may be negative. */
export function timeOf(
  value: unknown,
): { seconds: number; nanoseconds: number } {
  const { $unix, nsec } = value as { $unix: number; nsec: unknown };
  const nanoseconds = numberOf(nsec) ?? 0;
  return nanoseconds < 0
    ? { seconds: $unix - 1, nanoseconds: nanoseconds + 1e9 }
    : { seconds: $unix, nanoseconds };
}

/** The `skip` option of tests that read them. */
export const options: { readonly skip: string | false } = {
  skip: skipWithoutCorpora,
};

/** Records as texts. */
export function textsOf(records: PaxRecords): Record<string, string> {
  const decoder = new TextDecoder();
  return Object.fromEntries(
    [...records].map(([keyword, value]) => [keyword, decoder.decode(value)]),
  );
}

/** Go's names for keywords, as the keywords are. */
function keywordOf(name: string): string {
  return name.replace(
    /^paxGNUSparse(.+)/,
    (_, rest: string) => `GNU.sparse.${rest.toLowerCase()}`,
  );
}

/** Records by their keywords. */
export function keywordsOf(records: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((records ?? {}) as Record<string, unknown>)
      .map(([name, value]) => [
        keywordOf(name),
        special(value, "$go") ? "9223372036854775807" : String(value),
      ]),
  );
}
