import assert from "node:assert/strict";
import {
  cp,
  mkdir,
  rename,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { gitRepository } from "../support/git_repository.ts";
import { type Digests, GOLDEN_TREE } from "../support/golden_tree.ts";
import { makeTree } from "../support/make_tree.ts";
import { skipWithout } from "../support/peers.ts";
import { readLayout } from "../support/read_layout.ts";
import { runCliOk } from "../support/run_cli.ts";
import { runOk, type RunOptions } from "../support/run.ts";
import { inMemory, withTempDir } from "../support/temp_dir.ts";
import { describeTree } from "../support/tree.ts";

// macOS and Windows have one file for what the tree has two.
const skip = process.platform !== "linux" &&
  "needs a file system that keeps all names apart";

/** Of the standard tree at the `SOURCE_DATE_EPOCH` 1700000000. */
const GOLDEN_AT_1700000000 =
  "sha256:24821d0911b7e59a9659b14a9fbbd548129789bce77c0aa4f4a3f09dac76c986";

/** Of a checkout with a program, a link to it and a file. */
const GOLDEN_CHECKOUT =
  "sha256:3d992bf9f946d354443a5d152f57646aa7ca60035547b51ee468f8a5261145d6";

async function build(
  source: string,
  layout: string,
  flags: readonly string[] = [],
  options: RunOptions = {},
): Promise<Digests> {
  const args = ["build", source, ...flags, "-o", `oci:${layout}:v1`];
  await runCliOk(args, options);
  const { digest, manifest, config } = await readLayout(layout);
  return {
    manifest: digest,
    image: manifest.config.digest,
    layer: manifest.layers[0]?.digest ?? "",
    diffId: config.rootfs.diff_ids[0] ?? "",
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

test("one processor gives the same image as all", {
  skip: skip || skipWithout("taskset"),
}, () =>
  withTree(async (source, directory) => {
    const options = { through: ["taskset", "-c", "0"] };
    const digests = await build(source, `${directory}/l`, [], options);
    assert.deepEqual(digests, GOLDEN_TREE);
  }));

test("a directory is the same by another name, through a link, with a slash", {
  skip,
}, () =>
  withTree(async (source, directory) => {
    const moved = join(directory, "another place: ü");
    await rename(source, moved);
    assert.deepEqual(await build(`${moved}/`, `${directory}/a`), GOLDEN_TREE);
    const link = join(directory, "link");
    await symlink(moved, link);
    assert.deepEqual(await build(link, `${directory}/b`), GOLDEN_TREE);
  }));

test("files that came in another order make the same image", {
  skip: skip || skipWithout("tar"),
}, () =>
  withTree((source, directory) =>
    withTempDir(async (place) => {
      // Backwards, and on another file system where there is one.
      const copy = join(place, "copy");
      await mkdir(copy);
      const script = `find . -mindepth 1 -print0 | LC_ALL=C sort -rz |
        tar -c --null --no-recursion -T - |
        tar -xp --touch --delay-directory-restore -C "$0"`;
      await runOk("sh", ["-c", script, copy], { cwd: source });
      assert.deepEqual(await describeTree(copy), await describeTree(source));
      assert.deepEqual(await build(copy, `${directory}/l`), GOLDEN_TREE);
    }, inMemory())
  ));

test("with --modes git, git's own checkouts have one digest", {
  skip: skip || skipWithout("git"),
}, () =>
  withTempDir(async (directory) => {
    const root = join(directory, "repository");
    await mkdir(join(root, "bin"), { recursive: true });
    const { git, env } = await gitRepository(root);
    await writeFile(join(root, "bin/tool"), "#!/bin/sh\n", { mode: 0o755 });
    await symlink("bin/tool", join(root, "link"));
    await writeFile(join(root, "README"), "read me\n");
    await git("add", "--all");
    for (const mask of ["000", "002", "022", "077"]) {
      const checkout = join(directory, mask);
      await runOk("git", ["checkout-index", "-a", `--prefix=${checkout}/`], {
        ...{ cwd: root, env },
        through: ["sh", "-c", `umask ${mask}; exec "$@"`, "sh"],
      });
      const flags = ["--modes", "git"];
      const { manifest } = await build(checkout, `${checkout}-l`, flags);
      assert.equal(manifest, GOLDEN_CHECKOUT, mask);
    }
  }));

test("an image of SOURCE_DATE_EPOCH has the digest that it has everywhere", {
  skip,
}, () =>
  withTree(async (source, directory) => {
    const options = { env: { SOURCE_DATE_EPOCH: "1700000000" } };
    const { manifest } = await build(source, `${directory}/l`, [], options);
    assert.equal(manifest, GOLDEN_AT_1700000000);
  }));
