// Tables of Go's `archive/tar` about sparse files.
import assert from "node:assert/strict";
import { test } from "node:test";
import { headerBlock } from "../../../src/tar/read/header_block.ts";
import { paxHeader } from "../../../src/tar/read/pax_header.ts";
import {
  sparseContent,
  sparseFile,
} from "../../../src/tar/read/sparse_file.ts";
import { TarBytes } from "../../../src/tar/read/tar_bytes.ts";
import { TarError } from "../../../src/tar/read/tar_error.ts";
import {
  bytesOf,
  keywordsOf,
  options,
  type Records,
  rows,
  special,
} from "./go_tables.ts";
import { paxRecords, rawHeader, withSum } from "./raw_tar.ts";

/** What is in the parts of a sparse file, and its size. */
async function sparseOf(
  header: Uint8Array,
  records: Records,
  content: Uint8Array,
): Promise<
  { parts: readonly (readonly number[])[]; size: number } | undefined
> {
  const pax = new Map(
    Object.entries(records).map(([name, value]) => [name, bytesOf(value)]),
  );
  const bytes = new TarBytes([content]);
  const stored = 1 << 20;
  const read = await sparseFile(headerBlock(header, 0), stored, pax, bytes);
  return read && {
    parts: read.parts.map(({ offset, length }) => [offset, length]),
    size: read.size,
  };
}

/** Parts as the tables have them; those without content are not kept. */
function partsOf(map: unknown): (readonly number[])[] {
  return Object.values(map as Record<string, { _0: number; _1: number }>)
    .map(({ _0, _1 }) => [_0, _1])
    .filter(([, length]) => length !== 0);
}

test("maps of sparse files in headers of GNU tar", options, async () => {
  for (const row of rows("reader", "TestReadOldGNUSparseMap", 12)) {
    const source = special(row.input, "$go") ?? "";
    const [, format, size = "", rest = "", end] =
      /^makeInput\(Format(\w+), "(\w*)"(.*?)\)(?:\[:(.+)\])?$/s.exec(source) ??
        [];
    const header = rawHeader({
      type: "S",
      magic: format === "GNU" ? "ustar  \0" : "",
      // Go leaves it to somebody else to compare map and size.
      fields: { 483: size || Uint8Array.of(0x80, 0, 0, 0, 0, 0, 1) },
    });
    const blocks = [header, ...oldMap(header, rest)];
    const whole = new Uint8Array(blocks.length * 512);
    blocks.forEach((block, index) => whole.set(block, index * 512));
    const cut = end === undefined
      ? whole.length
      : end === "blockSize"
      ? 512
      : 768;
    const read = () =>
      sparseOf(withSum(whole.slice(0, 512)), {}, whole.subarray(512, cut));
    if (row.wantErr) {
      await assert.rejects(read, TarError, source);
      continue;
    }
    const { parts, size: realSize } = await read() ?? {};
    assert.deepEqual(parts, partsOf(row.wantMap ?? {}), source);
    if (size) assert.equal(realSize, row.wantSize, source);
  }
});

/** Writes the parts that a row names into the header, and blocks behind it. */
function oldMap(header: Uint8Array, source: string): Uint8Array[] {
  const fields = source.matchAll(/\{(\d+)(?: << (\d+))?, (\d+)\}|"(\w*)"/g);
  const further: Uint8Array[] = [];
  let [block, at, left] = [header, 386, 4];
  for (const [, offset, shift = "0", length, text] of fields) {
    if (left === 0) {
      block[at] = 0x80;
      block = new Uint8Array(512);
      further.push(block);
      [at, left] = [0, 21];
    }
    const value = text ??
      [Number(offset) * 2 ** Number(shift), Number(length)]
        .map((number) => number.toString(8).padStart(12, "0")).join("");
    block.set(new TextEncoder().encode(value), at);
    at += 24;
    left--;
  }
  return further;
}

/** What stands before the content in the rows, from their expressions. */
const inputs: Readonly<Record<string, string>> = {
  'padInput("0")': "0",
  'padInput("0\\n")': "0\n",
  'padInput("0\\n")[:blockSize-1] + "#"': `0\n${"\0".repeat(509)}#`,
  'padInput("ab\\n")': "ab\n",
  'padInput("1\\n2\\n")': "1\n2\n",
  'padInput("1\\n2\\n\\n")': "1\n2\n\n",
  'padInput("1\\n2\\n3\\n")': "1\n2\n3\n",
  'string(zeroBlock[:]) + padInput("0\\n")': `${"\0".repeat(512)}0\n`,
  'strings.Repeat("0", blockSize) + padInput("1\\n5\\n1\\n")': `${
    "0".repeat(512)
  }1\n5\n1\n`,
  'padInput(fmt.Sprintf("%d\\n", int64(math.MaxInt64)))':
    "9223372036854775807\n",
  'padInput(strings.Repeat("0", 300) + "1\\n" + strings.Repeat("0", 1000) + "5\\n" + strings.Repeat("0", 800) + "2\\n")':
    `${"0".repeat(300)}1\n${"0".repeat(1000)}5\n${"0".repeat(800)}2\n`,
  'padInput("2\\n10737418240\\n512\\n21474836480\\n512\\n")':
    "2\n10737418240\n512\n21474836480\n512\n",
};

test("maps of sparse files in pax headers", options, async () => {
  const table = rows("reader", "TestReadGNUSparsePAXHeaders", 26);
  let count = 0;
  for (const { inputData, inputHdrs, wantErr, wantMap, wantSize } of table) {
    const source = special(inputData, "$go");
    const input = source === undefined ? "" : inputs[source];
    if (input === undefined) continue;
    count++;
    const content = new Uint8Array(Math.ceil(input.length / 512) * 512);
    content.set(new TextEncoder().encode(input));
    const records = keywordsOf(inputHdrs);
    const what = JSON.stringify([source, records]);
    // Go leaves it to somebody else to compare map and size.
    const large = { ...records, "GNU.sparse.size": String(2 ** 40) };
    const read = () => sparseOf(rawHeader(), large, content);
    if (wantErr) {
      await assert.rejects(read, TarError, what);
    } else if (wantMap === undefined) {
      assert.equal(await read(), undefined, what);
    } else {
      assert.deepEqual((await read())?.parts, partsOf(wantMap), what);
    }
    if (wantSize === undefined || wantSize === 10737418240) continue;
    const own = await sparseOf(rawHeader(), records, content);
    assert.equal(own?.size, wantSize, what);
  }
  // The row that is left out has a map of a hundred parts.
  assert.equal(count, 25);
});

test("maps of sparse files that cannot be", options, async () => {
  for (const row of rows("tar", "TestSparseEntries", 20)) {
    const map = (row.in as { _0: unknown; _1: unknown }[])
      .flatMap(({ _0, _1 }) => [_0, _1])
      .map((number) => special(number, "$int") ?? String(number));
    const records = {
      "GNU.sparse.map": map.join(","),
      "GNU.sparse.size": special(row.size, "$int") ?? String(row.size),
    };
    const read = () => sparseOf(rawHeader(), records, new Uint8Array());
    if (row.wantValid) {
      // Go's rows are of the holes, or of the parts: the same rules are for both.
      assert.ok(await read());
    } else {
      await assert.rejects(read, TarError, JSON.stringify(records));
    }
  }
});

test("a sparse file is filled with zeros", async () => {
  const records = paxRecords({
    "GNU.sparse.major": "0",
    "GNU.sparse.minor": "1",
    "GNU.sparse.size": "12",
    "GNU.sparse.numblocks": "2",
    "GNU.sparse.map": "2,3,8,2",
  });
  const bytes = new TarBytes([new TextEncoder().encode("abcde")]);
  const file = await sparseFile(
    headerBlock(rawHeader({ size: 5 }), 0),
    5,
    paxHeader(new TextEncoder().encode(records), 0),
    bytes,
  );
  assert.ok(file);
  let text = "";
  for await (const chunk of sparseContent(file, bytes)) {
    text += new TextDecoder().decode(chunk);
  }
  assert.equal(text, "\0\0abc\0\0\0de\0\0");
});
