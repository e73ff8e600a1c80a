import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { passTar } from "../../../src/tar/read/pass_tar.ts";
import { readTar } from "../../../src/tar/read/read_tar.ts";
import type { TarEntry } from "../../../src/tar/read/tar_entry.ts";
import { TarError } from "../../../src/tar/read/tar_error.ts";
import { paxRecords, rawEntry } from "./raw_tar.ts";

const keywords = [
  ..."path linkpath size uid mtime __proto__ SCHILY.xattr. SCHILY.xattr.a"
    .split(" "),
  ..."major minor map size realsize numblocks offset numbytes name"
    .split(" ").map((keyword) => `GNU.sparse.${keyword}`),
];

const values = [
  ...["", "0", "1", "2", "512", "-1", "9007199254740993", "1e3", "1.5", "4\0"],
  ...["0,1", "0,1,2,3", "1,5,3,2", "0,0,0,0", "100,5,600,4", "a"],
];

const paxEntry = fc.record({
  type: fc.constantFrom("x", "g", "X"),
  records: fc.array(
    fc.tuple(fc.constantFrom(...keywords), fc.constantFrom(...values)),
    { maxLength: 8 },
  ),
}).map(({ type, records }) =>
  rawEntry(
    { type },
    records.map(([key, value]) => paxRecords({ [key]: value })).join(""),
  )
);

/** Entries with anything where prefixes, times and sparse maps are. */
const anyEntry = fc.record({
  type: fc.constantFrom("S", "0", "5", "\0", "D", "Z", "1"),
  magic: fc.constantFrom("ustar  \0", "ustar\x0000", ""),
  name: fc.constantFrom("a", "a/", ""),
  content: fc.constantFrom("", "2\n1\n2\n4\n2\n", "x".repeat(600)),
  fields: fc.array(
    fc.tuple(
      fc.integer({ min: 345, max: 500 }),
      fc.constantFrom("\x01", "0000001", "7777", "\0"),
    ),
    { maxLength: 8 },
  ),
}).map(({ content, fields, ...header }) =>
  rawEntry({ ...header, fields: Object.fromEntries(fields) }, content)
);

const tars = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: paxEntry },
    { weight: 5, arbitrary: anyEntry },
    fc.constantFrom("L", "K").map((type) => rawEntry({ type }, "long/")),
    fc.constantFrom(512, 1024, 100).map((size) => new Uint8Array(size)),
  ),
  { maxLength: 8 },
).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

async function* inChunks(
  bytes: Uint8Array,
  size: number,
): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) {
    yield bytes.subarray(start, start + size);
  }
}

/** What is wrong with a tar, if anything. */
async function errorOf(read: () => Promise<void>): Promise<string> {
  try {
    await read();
    return "";
  } catch (error) {
    if (error instanceof TarError) return error.message;
    throw error;
  }
}

test("property: whatever is in a tar, it is read to its end, or refused", async () => {
  await fc.assert(
    fc.asyncProperty(
      tars,
      fc.integer({ min: 1, max: 2000 }),
      async (tar, size) => {
        let count = 0;
        const checked = async ({ size, body }: TarEntry) => {
          // Each header has 512 bytes, so there is an end.
          assert.ok(++count <= tar.length / 512);
          if (size > 1 << 20) return;
          let length = 0;
          for await (const chunk of body) length += chunk.byteLength;
          assert.equal(length, size);
        };
        const error = await errorOf(async () => {
          for await (const entry of readTar(inChunks(tar, size))) {
            await checked(entry);
          }
        });
        // A tar that passes is taken, and refused, just the same.
        let passed = 0;
        const other = await errorOf(async () => {
          for await (const chunk of passTar(inChunks(tar, size), () => {})) {
            passed += chunk.byteLength;
          }
        });
        assert.equal(other, error);
        if (error === "") assert.equal(passed, tar.length);
      },
    ),
    { numRuns: 500 },
  );
});
