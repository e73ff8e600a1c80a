import assert from "node:assert/strict";
import { cp, mkdir, readFile, utimes } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { makeTree } from "../support/make_tree.ts";
import { runCliOk } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { describeTree } from "../support/tree.ts";

/** What an image in an OCI layout is known by. */
interface Digests {
  readonly manifest: string;
  readonly image: string;
  readonly layer: string;
  readonly diffId: string;
}

/** Those of the standard tree: the same on every runtime and every machine. */
const golden: Digests = {
  manifest:
    "sha256:16d49255e2be42ab16d8de2379b154e758b90e0cd565c0676ba34c5e55abdd13",
  image:
    "sha256:a0338d0e71fab9eb26a99f84b1eaad6b26d07c1adc1eaba3968f34f8f3205cb3",
  layer:
    "sha256:d5d88e1f01b7248a383bf3e0a7d4868338ae6248f9a4e597f1f66d83cc0f9ce7",
  diffId:
    "sha256:2d4ab98b50b127c25762142c5e44b8761089eb108554e52352e28430c6896c48",
};

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
      assert.deepEqual(await build(source, `${directory}/layout`), golden);
    });
  },
);

test("times of files do not change the image", { skip }, async () => {
  await withTree(async (source, directory) => {
    for (const [path, { type }] of Object.entries(await describeTree(source))) {
      if (type !== "symlink") await utimes(join(source, path), 1e9, 2e9);
    }
    assert.deepEqual(await build(source, `${directory}/layout`), golden);
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
        image: golden.image,
        diffId: golden.diffId,
      });
    });
  });
}
