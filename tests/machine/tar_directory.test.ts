import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { createLayer } from "../../src/machine/create_layer.ts";
import { directory } from "../../src/machine/directory/directory.ts";
import { tarDirectory } from "../../src/machine/tar_directory.ts";
import { makeTree } from "../support/make_tree.ts";
import { skipWithout } from "../support/peers.ts";
import { runOk } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { describeTree } from "../support/tree.ts";

const asRoot = process.getuid?.() === 0 ||
  "needs root, to have owners restored";

test("GNU tar unpacks what was packed", {
  skip: skipWithout("tar") || (asRoot === true ? false : asRoot),
}, async () => {
  await withTempDir(async (dir) => {
    const [source, copy] = [join(dir, "source"), join(dir, "copy")];
    await makeTree(source);
    mkdirSync(copy);
    const tar = await new Response(tarDirectory(source)).arrayBuffer();
    await writeFile(join(dir, "tree.tar"), new Uint8Array(tar));
    await runOk("tar", ["-xpf", join(dir, "tree.tar"), "-C", copy]);
    assert.deepEqual(await describeTree(copy), await describeTree(source));
  });
});

test("the layer of a directory is its tar", async () => {
  await withTempDir(async (dir) => {
    await makeTree(dir);
    const tar = await new Response(tarDirectory(dir, { prefix: "/app" }))
      .arrayBuffer();
    const options = { prefix: "/app", compression: "none" } as const;
    const layer = await createLayer(directory(dir), options);
    const bytes = await new Response(layer.stream()).arrayBuffer();
    assert.deepEqual(new Uint8Array(bytes), new Uint8Array(tar));
    await layer[Symbol.asyncDispose]();
  });
});
