// Tables of Go's `archive/tar`, as far as they are about reading.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { paxHeader, paxTime } from "../../../src/tar/read/pax_header.ts";
import { readTar } from "../../../src/tar/read/read_tar.ts";
import type { TarEntry } from "../../../src/tar/read/tar_entry.ts";
import { TarError } from "../../../src/tar/read/tar_error.ts";
import { tarNumber } from "../../../src/tar/read/tar_number.ts";
import { corpusFile } from "../../support/corpora.ts";
import {
  bytesOf,
  keywordsOf,
  numberOf,
  options,
  type Records,
  type Row,
  rows,
  special,
  textsOf,
  timeOf,
} from "./go_tables.ts";
import { paxRecords, rawEntry, rawTar } from "./raw_tar.ts";

test("numbers of headers", options, () => {
  for (
    const { in: field, want, ok } of rows("strconv", "TestParseNumeric", 34)
  ) {
    const expected = ok ? numberOf(want) : undefined;
    assert.equal(tarNumber(bytesOf(field)), expected, JSON.stringify(field));
  }
});

test("times of pax headers", options, () => {
  for (
    const { in: text, want, ok } of rows("strconv", "TestParsePAXTime", 56)
  ) {
    const expected = ok ? timeOf(want) : undefined;
    assert.deepEqual(paxTime(bytesOf(text)), expected, JSON.stringify(text));
  }
});

test("single records of pax headers", options, () => {
  const table = rows("strconv", "TestParsePAXRecord", 25)
    .filter(({ in: text }) => special(text, "$go") === undefined);
  assert.equal(table.length, 23);
  for (const { in: text, wantRes, wantKey, wantVal, ok } of table) {
    const all = String(text);
    if (ok) {
      const record = all.slice(0, all.length - String(wantRes).length);
      assert.deepEqual(textsOf(paxHeader(bytesOf(record), 0)), {
        [String(wantKey)]: wantVal,
      });
    } else {
      assert.throws(() => paxHeader(bytesOf(all), 0), TarError, all);
    }
  }
});

test("pax headers", options, () => {
  for (const { in: text, want, ok } of rows("reader", "TestParsePAX", 12)) {
    const read = () => textsOf(paxHeader(bytesOf(text), 0));
    if (ok) assert.deepEqual(read(), keywordsOf(want), String(text));
    else assert.throws(read, TarError, String(text));
  }
});

async function entriesOf(tar: Iterable<Uint8Array>): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  for await (const entry of readTar(tar)) entries.push(entry);
  return entries;
}

test("what pax headers say of an entry", options, async () => {
  for (const { in: records, want, ok } of rows("reader", "TestMergePAX", 3)) {
    const tar = rawTar(
      rawEntry({ type: "x" }, paxRecords(records as Records)),
      rawEntry({}),
    );
    if (!ok) {
      await assert.rejects(entriesOf(tar), TarError);
      continue;
    }
    const [entry] = await entriesOf(tar);
    assert.ok(entry);
    compare(entry, want as Row);
  }
});

/** Holds an entry against a header of Go; what Go does not say is not compared. */
function compare(entry: TarEntry, want: Row): void {
  const text = (value: unknown) => value && bytesOf(value);
  const asText = new TextEncoder();
  const read: Record<string, unknown> = {
    Name: entry.rawPath ?? asText.encode(entry.path),
    Linkname: entry.rawTarget ?? asText.encode(entry.target),
    Mode: entry.mode,
    Uid: entry.uid,
    Gid: entry.gid,
    Uname: entry.uname,
    Gname: entry.gname,
    Size: entry.size,
    Devmajor: entry.major,
    Devminor: entry.minor,
    Typeflag: entry.typeFlag,
    ModTime: { seconds: entry.mtime, nanoseconds: entry.mtimeNanoseconds },
    Xattrs: textsOf(new Map(Object.entries(entry.xattrs))),
  };
  const wanted: Record<string, unknown> = {
    ...want,
    ...(want.Name !== undefined && { Name: text(want.Name) }),
    ...(want.Linkname !== undefined && {
      Linkname: want.Linkname === "" ? new Uint8Array() : text(want.Linkname),
    }),
    // Only the bits of permission are kept.
    ...(want.Mode !== undefined && { Mode: Number(want.Mode) & 0o7777 }),
    ...(typeof want.Typeflag === "number" && {
      Typeflag: String.fromCharCode(want.Typeflag),
    }),
    ...(want.ModTime !== undefined && { ModTime: timeOf(want.ModTime) }),
  };
  for (const [field, value] of Object.entries(read)) {
    if (!(field in wanted)) continue;
    // Go turns the type of files and directories of old tars into today's.
    if (field === "Typeflag" && value === "\0") continue;
    assert.deepEqual(value, wanted[field], `${String(want.Name)}: ${field}`);
  }
}

function fileOfGo(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(corpusFile(`go-archive-tar/${path}`)));
}

test("whole tars", options, async () => {
  const table = rows("reader", "TestReader", 32)
    .filter(({ file }) => String(file).endsWith(".tar"));
  assert.equal(table.length, 31);
  for (const { file, headers, err } of table) {
    const read = () => entriesOf([fileOfGo(String(file))]);
    if (err) {
      await assert.rejects(read, TarError, String(file));
      continue;
    }
    // A global header is no entry, but speaks of those behind it.
    const all = headers as Row[];
    const wanted = all.filter(({ Typeflag }) => Typeflag !== "g");
    const entries = await read();
    assert.equal(entries.length, wanted.length, String(file));
    if (wanted.length < all.length) continue;
    entries.forEach((entry, index) => compare(entry, wanted[index] ?? {}));
  }
});

test("content that is read in part", options, async () => {
  for (const { file, cases } of rows("reader", "TestPartialRead", 2)) {
    const parts = cases as { cnt: number; output: string }[];
    const wanted = parts.map(({ output }) => output);
    // In chunks of one byte, so that a part can be read.
    const chunks = Array.from(
      fileOfGo(String(file)),
      (byte) => Uint8Array.of(byte),
    );
    const read: string[] = [];
    for await (const { body } of readTar(chunks)) {
      let text = "";
      const wantedSize = parts[read.length]?.cnt ?? 0;
      for await (const chunk of body) {
        text += new TextDecoder().decode(chunk);
        if (text.length >= wantedSize) break;
      }
      read.push(text);
    }
    assert.deepEqual(read, wanted, String(file));
  }
});

/** `a[:10] + b` */
function evaluated(
  expression: string,
  names: Readonly<Record<string, Uint8Array>>,
): Uint8Array<ArrayBuffer> {
  const bytes = expression.split(" + ").flatMap((part) => {
    const [, name = "", end] = /^(\w+)(?:\[:(\d+)\])?$/.exec(part) ?? [];
    const whole = names[name];
    assert.ok(whole, expression);
    return [...whole.subarray(0, end ? Number(end) : whole.length)];
  });
  return Uint8Array.from(bytes);
}

/** Go takes a header about an entry that is not there; Python does not. */
const HALF_ENTRIES: ReadonlySet<string> = new Set([
  "pax",
  "sparse[:9200]",
  "sparse[:9216]",
]);

test("tars that are cut off", options, async () => {
  const file = fileOfGo("testdata/ustar-file-reg.tar");
  const names = {
    data1: fileOfGo("testdata/gnu.tar"),
    data2: Uint8Array.from([...file, ...new Uint8Array(10 * 512)]),
    pax: fileOfGo("testdata/pax-path-hdr.tar"),
    sparse: fileOfGo("testdata/sparse-formats.tar"),
    trash: new TextEncoder().encode("garbage ".repeat(64)),
  };
  for (const row of rows("reader", "TestReadTruncation", 40)) {
    const expression = special(row.input, "$go");
    const tar = expression ? evaluated(expression, names) : new Uint8Array();
    const isEnd = special(row.err, "$go") === "io.EOF" &&
      !HALF_ENTRIES.has(expression ?? "");
    for (const isRead of [false, true]) {
      let count = 0;
      let error: unknown;
      try {
        for await (const { body } of readTar([tar])) {
          count++;
          if (isRead) { for await (const _ of body); }
        }
      } catch (thrown) {
        error = thrown;
      }
      assert.equal(count, row.cnt, expression);
      if (isEnd) assert.equal(error, undefined, expression);
      else assert.ok(error instanceof TarError, expression);
    }
  }
});
