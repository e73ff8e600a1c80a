import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { LayoutDirectory } from "../../src/machine/layout_directory.ts";
import { temporaryBeside } from "../../src/machine/write_whole.ts";
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

const broken = {
  ...image,
  layers: [{
    ...layer,
    chunks: () => {
      throw new Error("it fell over");
    },
  }],
};

test("a failure leaves no directory behind", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "layout");
    await assert.rejects(
      new LayoutDirectory(path, { name: "oci:layout" }).write(broken),
      {
        code: "IMAGE",
        message: /^Cannot write oci:layout: the blob .*: it fell over$/,
      },
    );
    assert.deepEqual(readdirSync(dir), []);
  });
});

test("a failure leaves an empty directory empty", async () => {
  await withTempDir(async (dir) => {
    const layout = new LayoutDirectory(dir, { name: "oci:." });
    await assert.rejects(layout.write(broken), { code: "IMAGE" });
    assert.deepEqual(readdirSync(dir), []);
  });
});

test("a failure leaves a layout as it was, and no part of a blob", async () => {
  await withTempDir(async (dir) => {
    await new LayoutDirectory(dir, { name: "oci:.", tags: ["a"] }).write(image);
    const all = () => readdirSync(dir, { recursive: true }).map(String).sort();
    const before = all();
    const index = readFileSync(join(dir, "index.json"), "utf8");
    rmSync(join(dir, "blobs", layer.digest.replace(":", "/")));
    const layout = new LayoutDirectory(dir, { name: "oci:.", tags: ["b"] });
    await assert.rejects(layout.write(broken), { code: "IMAGE" });
    assert.equal(readFileSync(join(dir, "index.json"), "utf8"), index);
    await layout.write(image);
    assert.deepEqual(all(), before);
  });
});

test("what an interrupted run left in a directory does not keep others out", async () => {
  await withTempDir(async (dir) => {
    mkdirSync(temporaryBeside(join(dir, "x")));
    await new LayoutDirectory(dir, { name: "oci:." }).write(image);
    assert.ok(existsSync(join(dir, "index.json")));
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
