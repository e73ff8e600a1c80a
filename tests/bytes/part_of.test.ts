import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type ByteSource,
  bytesSource,
  chunksOf,
  streamOf,
} from "../../src/bytes/byte_source.ts";
import { concat } from "../../src/bytes/concat.ts";
import { partOf } from "../../src/bytes/part_of.ts";
import { fileSpool } from "../../src/machine/file_spool.ts";

async function read(source: ByteSource): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(source)) chunks.push(chunk.slice());
  return concat(chunks);
}

/** A source that can only be read from its beginning. */
function plain(chunks: readonly Uint8Array[]): ByteSource {
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  return { size, stream: () => streamOf(chunks) };
}

test("a part of a source, whatever the source can do", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 6 }),
    fc.nat(60),
    fc.nat(60),
    async (chunks, a, b) => {
      const bytes = concat(chunks);
      const [start = 0, end = 0] = [a, b]
        .map((at) => Math.min(at, bytes.length)).sort((x, y) => x - y);
      const expected = bytes.subarray(start, end);
      await using spooled = await fileSpool(streamOf(chunks));
      for (
        const source of [
          plain(chunks),
          bytesSource(bytes),
          new Blob([bytes as Uint8Array<ArrayBuffer>]),
          spooled,
        ]
      ) {
        const part = partOf(source, start, end);
        assert.equal(part.size, end - start);
        assert.deepEqual(await read(part), expected);
        // Of a part there are parts again.
        const rest = partOf(part, Math.min(1, part.size), part.size);
        assert.deepEqual(await read(rest), expected.subarray(1));
      }
    },
  ));
});

test("the whole is the source itself", () => {
  const source = bytesSource(new Uint8Array(3));
  assert.equal(partOf(source, 0, 3), source);
});

test("no more is read than the part needs", async () => {
  let reads = 0;
  const source: ByteSource = {
    size: 100,
    stream: () =>
      streamOf(function* () {
        for (; reads < 100; reads++) yield new Uint8Array(1);
      }()),
  };
  assert.equal((await read(partOf(source, 10, 20))).length, 10);
  assert.ok(reads <= 20, String(reads));
});

test("bytes beyond the stated size show in the last part", async () => {
  const source: ByteSource = { ...plain([new Uint8Array(12)]), size: 10 };
  assert.equal((await read(partOf(source, 5, 10))).length, 7);
});
