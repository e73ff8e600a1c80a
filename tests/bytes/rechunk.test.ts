import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { iterateStream, streamOf } from "../../src/bytes/byte_source.ts";
import { concat } from "../../src/bytes/concat.ts";
import { rechunk } from "../../src/bytes/rechunk.ts";

async function collect(stream: ReadableStream<Uint8Array>) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of iterateStream(stream)) chunks.push(chunk);
  return chunks;
}

test("cuts depend on the bytes alone", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.integer({ min: 1, max: 30 }),
      async (chunks, size) => {
        const whole = new Uint8Array(concat(chunks));
        const cut = await collect(rechunk(streamOf(chunks), size));
        assert.deepEqual(new Uint8Array(concat(cut)), whole);
        assert.ok(cut.slice(0, -1).every((chunk) => chunk.length === size));
        assert.ok(cut.every(({ length }) => length > 0 && length <= size));
      },
    ),
  );
});

test("an empty stream has no chunks", async () => {
  assert.deepEqual(await collect(rechunk(streamOf([]), 4)), []);
});
