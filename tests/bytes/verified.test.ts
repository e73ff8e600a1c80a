import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concat } from "../../src/bytes/concat.ts";
import { hashOf } from "../../src/bytes/hasher.ts";
import { verified } from "../../src/bytes/verified.ts";

const refuse = (why: string, actual?: string) =>
  new RangeError(`${why}${actual === undefined ? "" : " (digest)"}`);

async function* chunksOf(chunks: readonly Uint8Array[]) {
  yield* chunks;
}

/** What passes of chunks that are to be `right`, and how it ends. */
async function passed(
  chunks: readonly Uint8Array[],
  right: Uint8Array,
): Promise<{ bytes: Uint8Array; error?: string }> {
  const got: Uint8Array[] = [];
  const reader = verified(chunksOf(chunks), {
    size: right.byteLength,
    digest: hashOf(right, "sha512"),
    algorithm: "sha512",
    refuse,
  });
  try {
    for await (const chunk of reader) got.push(chunk);
    return { bytes: concat(got) };
  } catch (error) {
    assert.ok(error instanceof RangeError, String(error));
    return { bytes: concat(got), error: error.message };
  }
}

const bytes = (...values: number[]) => Uint8Array.from(values);

test("what is right passes, however it is cut", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array()), async (chunks) => {
      const right = concat(chunks);
      assert.deepEqual(await passed(chunks, right), { bytes: right });
    }),
  );
});

test("of what is wrong, never all of it passes", async () => {
  const right = bytes(1, 2, 3, 4);
  assert.deepEqual(await passed([bytes(1, 2), bytes(3, 5)], right), {
    bytes: bytes(1, 2),
    error: `its digest is ${hashOf(bytes(1, 2, 3, 5), "sha512")} (digest)`,
  });
  assert.deepEqual(await passed([bytes(1, 2), bytes(3)], right), {
    bytes: bytes(1, 2),
    error: "it ended after 3 of 4 bytes",
  });
  assert.deepEqual(
    await passed([bytes(1, 2), bytes(3, 4), bytes(5)], right),
    { bytes: bytes(1, 2), error: "it is longer than 4 bytes" },
  );
  assert.deepEqual(await passed([], right), {
    bytes: bytes(),
    error: "it ended after 0 of 4 bytes",
  });
  assert.deepEqual(await passed([bytes(7)], bytes()), {
    bytes: bytes(),
    error: "it is longer than 0 bytes",
  });
});
