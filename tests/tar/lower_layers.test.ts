import assert from "node:assert/strict";
import { test } from "node:test";
import { arrangeEntries } from "../../src/tar/arrange.ts";
import type { Entry } from "../../src/tar/entry.ts";
import { LowerLayers } from "../../src/tar/lower_layers.ts";

async function stack(...layers: Entry[][]): Promise<LowerLayers> {
  const lower = new LowerLayers();
  for (const layer of layers) lower.add(await arrangeEntries(layer));
  return lower;
}

const file = (path: string): Entry => ({ type: "file", path, body: "" });

test("directories are found with their attributes, links with their targets", async () => {
  const xattrs = { "user.a": new Uint8Array([1]) };
  const lower = await stack([
    {
      type: "directory",
      path: "d",
      mode: 0o1777,
      uid: 1,
      gid: 2,
      mtime: 3,
      mtimeNanoseconds: 4,
      xattrs,
    },
    { type: "symlink", path: "d/l", target: "/x" },
    file("d/f"),
    { type: "fifo", path: "d/p" },
  ]);
  assert.deepEqual(await lower.find("d"), {
    type: "directory",
    mode: 0o1777,
    uid: 1,
    gid: 2,
    mtime: 3,
    mtimeNanoseconds: 4,
    xattrs,
  });
  assert.deepEqual(await lower.find("d/l"), { type: "symlink", target: "/x" });
  assert.equal((await lower.find("d/f"))?.type, "file");
  assert.equal((await lower.find("d/p"))?.type, "file");
  for (const path of ["", "e", "d/x", "d/f/x", "constructor", "__proto__"]) {
    assert.equal(await lower.find(path), undefined, path);
  }
});

test("a layer hides what it replaces, and keeps what is beside it", async () => {
  const lower = await stack(
    [file("d/e/f"), file("d/g"), { type: "symlink", path: "l", target: "d" }],
    [
      file("d/e"),
      { type: "directory", path: "d", mode: 0o700 },
      { type: "directory", path: "l" },
    ],
  );
  assert.equal((await lower.find("d/e"))?.type, "file");
  assert.equal(await lower.find("d/e/f"), undefined);
  assert.equal((await lower.find("d/g"))?.type, "file");
  assert.equal((await lower.find("d"))?.mode, 0o700);
  assert.equal((await lower.find("l"))?.type, "directory");
});

test("whiteouts take away what lies below them, not beside them", async () => {
  const lower = await stack(
    [file("a/b/c"), file("o/x/y"), file("k"), { type: "directory", path: "e" }],
    [
      { type: "whiteout", path: "a/b" },
      { type: "opaque", path: "o" },
      { type: "whiteout", path: "nothing/there" },
      file("o/new"),
    ],
  );
  assert.equal((await lower.find("a"))?.type, "directory");
  for (
    const path of ["a/b", "a/b/c", "o/x", "o/x/y", "a/.wh.b", "o/.wh..wh..opq"]
  ) {
    assert.equal(await lower.find(path), undefined, path);
  }
  assert.equal((await lower.find("o"))?.type, "directory");
  assert.equal((await lower.find("o/new"))?.type, "file");
  assert.equal((await lower.find("k"))?.type, "file");
});

test("what a later layer puts there again is there", async () => {
  const lower = await stack(
    [file("d/a")],
    [{ type: "whiteout", path: "d" }],
    [file("d/b")],
  );
  assert.equal(await lower.find("d/a"), undefined);
  assert.equal((await lower.find("d/b"))?.type, "file");
});
