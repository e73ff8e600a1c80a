import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { blockKey, codecIdentity } from "../../src/compression/block_cache.ts";

test("the key of a block holds the version of what compresses it", () => {
  const { imports } = JSON.parse(
    readFileSync(new URL("../../deno.json", import.meta.url), "utf8"),
  );
  const version = imports.libdeflate.replace(/^npm:libdeflate@/, "");
  const identity = codecIdentity({ name: "gzip", level: 5 });
  assert.equal(identity, `gzip 5 libdeflate ${version}`);
  assert.match(codecIdentity({ name: "zstd", level: 3 }), /^zstd 3 \S*\d/);
});

test("a block has another key by its bytes, its codec and its level", () => {
  const block = new Uint8Array([1, 2, 3]);
  const keys = [
    blockKey(block, { name: "gzip", level: 5 }),
    blockKey(block, { name: "gzip", level: 6 }),
    blockKey(block, { name: "zstd", level: 5 }),
    blockKey(new Uint8Array([1, 2, 4]), { name: "gzip", level: 5 }),
    blockKey(new Uint8Array(), { name: "gzip", level: 5 }),
  ];
  assert.equal(new Set(keys).size, keys.length);
  for (const key of keys) assert.match(key, /^[0-9a-f]{64}$/);
  assert.equal(blockKey(block.slice(), { name: "gzip", level: 5 }), keys[0]);
});
