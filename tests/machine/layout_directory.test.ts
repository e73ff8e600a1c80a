import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { LayoutDirectory } from "../../src/machine/layout_directory.ts";
import { withTempDir } from "../support/temp_dir.ts";

const layer = await createLayer([
  { type: "file", path: "hello", body: new Blob(["hello\n"]) },
]);
const image = await createImage({ layers: [layer] });

test("a layout comes into being, with its parents", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "a", "b");
    await new LayoutDirectory(path, { name: "oci:a/b" }).write(image);
    assert.deepEqual(readdirSync(path).sort(), [
      "blobs",
      "index.json",
      "oci-layout",
    ]);
    assert.equal(readdirSync(join(path, "blobs", "sha256")).length, 3);
    assert.deepEqual(readdirSync(join(dir, "a")), ["b"]);
  });
});

test("a failure leaves no directory behind", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "layout");
    const broken = {
      ...image,
      layers: [{
        ...layer,
        chunks: () => {
          throw new Error("broken");
        },
      }],
    };
    await assert.rejects(
      new LayoutDirectory(path, { name: "oci:layout" }).write(broken),
      /broken/,
    );
    assert.deepEqual(readdirSync(dir), []);
  });
});

test("an empty directory is filled", async () => {
  await withTempDir(async (dir) => {
    await new LayoutDirectory(dir, { name: "oci:." }).write(image);
    assert.ok(existsSync(join(dir, "index.json")));
  });
});

test("a file in the place of the directory is refused", async () => {
  await withTempDir((dir) => {
    const path = join(dir, "file");
    writeFileSync(path, "");
    for (const place of [path, join(path, "below")]) {
      assert.throws(() => new LayoutDirectory(place, { name: "oci:x" }), {
        code: "TARGET",
        message: /^Cannot write oci:x: .*is a file and no directory$/,
      });
    }
  });
});

test("a directory that holds something else is refused", async () => {
  await withTempDir((dir) => {
    writeFileSync(join(dir, "main.ts"), "");
    assert.throws(() => new LayoutDirectory(dir, { name: "oci:." }), {
      code: "TARGET",
      message: /holds something else/,
    });
    assert.deepEqual(readdirSync(dir), ["main.ts"]);
  });
});

test("two writers of one new layout both come to their end", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "layout");
    const write = (tag: string) =>
      new LayoutDirectory(path, { name: "oci:x", tags: [tag] }).write(image);
    await Promise.all([write("a"), write("b")]);
    assert.deepEqual(readdirSync(dir), ["layout"]);
    assert.ok(existsSync(join(path, "index.json")));
  });
});
