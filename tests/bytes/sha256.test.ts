import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { DigestStream } from "../../src/bytes/digest_stream.ts";
import { builtinModule } from "../../src/bytes/builtin_module.ts";
import { createSha256, digestOf } from "../../src/bytes/sha256.ts";

const EMPTY =
  "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const ABC =
  "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

const bytes = (text: string) => new TextEncoder().encode(text);

test("req-007 the vectors of FIPS 180-2", async () => {
  assert.equal(await digestOf(bytes("")), EMPTY);
  assert.equal(await digestOf(bytes("abc")), ABC);
});

test("the runtime's own SHA-256 is found", () => {
  assert.ok(builtinModule("node:crypto"));
  assert.equal(builtinModule("node:no-such-module"), undefined);
});

test("the portable SHA-256 agrees with the runtime's own", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array()), (chunks) => {
    const digest = () => {
      const hash = createSha256();
      for (const chunk of chunks) hash.update(chunk);
      return hash.digest();
    };
    const own = digest();
    const { getBuiltinModule } = process;
    process.getBuiltinModule = (() =>
      undefined) as typeof process.getBuiltinModule;
    try {
      assert.equal(digest(), own);
    } finally {
      process.getBuiltinModule = getBuiltinModule;
    }
  }));
});

test("a DigestStream measures what passes and tells how much so far", async () => {
  const seen: number[] = [];
  const measure = new DigestStream((size) => seen.push(size));
  const text = await new Response(
    new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes("a"));
        controller.enqueue(bytes("bc"));
        controller.close();
      },
    }).pipeThrough(measure),
  ).text();
  assert.equal(text, "abc");
  assert.deepEqual(await measure.result, { digest: ABC, size: 3 });
  assert.deepEqual(seen, [1, 3]);
});
