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
  await withTempDir(async (dir) => {
    const path = join(dir, "file");
    writeFileSync(path, "");
    for (const place of [path, join(path, "below")]) {
      await assert.rejects(
        new LayoutDirectory(place, { name: "oci:x" }).write(image),
        { code: "TARGET", message: /is a file and no directory/ },
      );
    }
  });
});
