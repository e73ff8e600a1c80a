import assert from "node:assert/strict";
import { cp, mkdir, readFile, utimes } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { type Digests, GOLDEN_TREE } from "../support/golden_tree.ts";
import { makeTree } from "../support/make_tree.ts";
import { runCliOk } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { describeTree } from "../support/tree.ts";

// macOS and Windows have one file for what the tree has two.
const skip = process.platform !== "linux" &&
  "needs a file system that keeps all names apart";

async function build(
  source: string,
  layout: string,
  flags: string[] = [],
): Promise<Digests> {
  await runCliOk(["build", source, ...flags, "-o", `oci:${layout}:v1`]);
  const index = JSON.parse(await readFile(`${layout}/index.json`, "utf8"));
  const document = async (digest: string) =>
    JSON.parse(
      await readFile(`${layout}/blobs/${digest.replace(":", "/")}`, "utf8"),
    );
  const manifest = await document(index.manifests[0].digest);
  const config = await document(manifest.config.digest);
  return {
    manifest: index.manifests[0].digest,
    image: manifest.config.digest,
    layer: manifest.layers[0].digest,
    diffId: config.rootfs.diff_ids[0],
  };
}

function withTree(
  use: (source: string, directory: string) => Promise<void>,
): Promise<void> {
  return withTempDir(async (directory) => {
    const source = join(directory, "source");
    await mkdir(source);
    await makeTree(source);
    await use(source, directory);
  });
}

test(
  "the standard tree has the digests that it has everywhere",
  { skip },
  async () => {
    await withTree(async (source, directory) => {
      assert.deepEqual(await build(source, `${directory}/layout`), GOLDEN_TREE);
    });
  },
);

test("times of files do not change the image", { skip }, async () => {
  await withTree(async (source, directory) => {
    for (const [path, { type }] of Object.entries(await describeTree(source))) {
      if (type !== "symlink") await utimes(join(source, path), 1e9, 2e9);
    }
    assert.deepEqual(await build(source, `${directory}/layout`), GOLDEN_TREE);
  });
});

test("a copy of a directory makes the same image", { skip }, async () => {
  await withTree(async (source, directory) => {
    const flat = join(source, "deep");
    const copy = join(directory, "copy");
    await cp(flat, copy, { recursive: true });
    assert.deepEqual(
      await build(copy, `${directory}/a`),
      await build(flat, `${directory}/b`),
    );
  });
});

for (const compression of ["gzip:stream", "none"]) {
  test(`the image ID is the same with ${compression}`, { skip }, async () => {
    await withTree(async (source, directory) => {
      const flags = ["--compression", compression];
      const { image, diffId } = await build(source, `${directory}/l`, flags);
      assert.deepEqual({ image, diffId }, {
        image: GOLDEN_TREE.image,
        diffId: GOLDEN_TREE.diffId,
      });
    });
  });
}
