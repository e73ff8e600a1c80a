import assert from "node:assert/strict";
import { test } from "node:test";
import { createLayer } from "../../../src/image/create_layer.ts";
import { diffTrees } from "../../../src/image/diff_trees.ts";
import { entryItems } from "../../../src/image/entry_items.ts";
import { readImageTree } from "../../../src/image/read_image_tree.ts";
import type { Entry } from "../../../src/tar/entry.ts";

const entries: Entry[] = [
  { type: "file", path: "b", body: "content", mode: 0o4755, uid: 7 },
  { type: "hardlink", path: "a", target: "b" },
  { type: "hardlink", path: "z", target: "b" },
  { type: "symlink", path: "link", target: "../b" },
  {
    type: "directory",
    path: "d",
    mode: 0o700,
    xattrs: { "user.x": new Uint8Array([1]) },
  },
  { type: "character-device", path: "null", major: 1, minor: 3 },
  { type: "fifo", path: "d/pipe" },
  { type: "file", path: "d/empty", body: "" },
  { type: "file", path: "a-b", body: new Blob(["x".repeat(600_000)]) },
];

test("entries are what a container sees of the layer that they make", async () => {
  const options = { prefix: "/srv/x", owner: { uid: 3, gid: 4 } };
  const layers = [await createLayer(entries, options)];
  const tree = await readImageTree({ layers }, { hash: true });
  const items = await entryItems(entries, options);
  assert.deepEqual(diffTrees(items, tree.walk()), {
    added: [],
    removed: [],
    changed: [],
  });
  assert.deepEqual(
    items.map(({ path }) => path),
    [...tree.walk()].slice(1).map(({ path }) => path),
  );
  const digests = items.filter(({ path }) => /\/[abz]$/.test(path))
    .map(({ digest }) => digest);
  assert.equal(digests.length, 3);
  assert.equal(new Set(digests).size, 1);
});

test("the signal ends it, and progress is told", async () => {
  const controller = new AbortController();
  const seen: string[] = [];
  await assert.rejects(
    entryItems(entries, {
      signal: controller.signal,
      onProgress(path) {
        seen.push(path);
        controller.abort();
      },
    }),
    { code: "ABORTED" },
  );
  assert.deepEqual(seen, ["a"]);
});
