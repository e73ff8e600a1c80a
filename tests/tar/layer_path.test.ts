import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { compareBytes, layerPath } from "../../src/tar/layer_path.ts";

for (
  const [path, expected] of [
    ["/", ""],
    ["", ""],
    [".", ""],
    ["a", "a"],
    ["/a//b/./c/", "a/b/c"],
    ["./a", "a"],
    ["..a/b..", "..a/b.."],
    ["a\\b", "a\\b"],
    ["a\nb", "a\nb"],
  ] as const
) {
  test(`the layer path of ${JSON.stringify(path)}`, () => {
    assert.equal(layerPath(path), expected);
  });
}

for (const path of ["..", "a/../b", "/../etc", "a\0b", "a\ud800"]) {
  test(`refused as a layer path: ${JSON.stringify(path)}`, () => {
    assert.throws(() => layerPath(path), { name: "LayerError", path });
  });
}

test("paths are ordered by their UTF-8 bytes", () => {
  const unit = fc.constantFrom("a", "/", "-", "é", "\uffff", "\ue000", "😀");
  fc.assert(
    fc.property(fc.string({ unit }), fc.string({ unit }), (a, b) => {
      const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
      assert.equal(Math.sign(compareBytes(a, b)), bytes);
    }),
  );
});
