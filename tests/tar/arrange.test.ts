import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { arrangeEntries, type ArrangeOptions } from "../../src/tar/arrange.ts";
import type { Entry } from "../../src/tar/entry.ts";

const file = (path: string, text = "x"): Entry => ({
  type: "file",
  path,
  body: new Blob([text]),
});

async function paths(entries: Entry[], options?: ArrangeOptions) {
  return (await arrangeEntries(entries, options)).map(({ path }) => path);
}

test("entries are sorted by bytes and every parent is there", async () => {
  assert.deepEqual(
    await paths([
      file("a/b/c"),
      file("a-b"),
      file("a.b"),
      file("B"),
      file("é"),
    ]),
    ["B", "a", "a-b", "a.b", "a/b", "a/b/c", "é"],
  );
});

test("the prefix is a parent too, even of nothing", async () => {
  assert.deepEqual(await paths([file("x")], { prefix: "/app/bin/" }), [
    "app",
    "app/bin",
    "app/bin/x",
  ]);
  assert.deepEqual(await paths([], { prefix: "app" }), ["app"]);
  assert.deepEqual(await paths([]), []);
});

test("owner and time are those of the entry, else of the options", async () => {
  const options = { owner: { uid: 7, gid: 8 }, mtime: 9 };
  const [parent, entry] = await arrangeEntries(
    [{ ...file("d/f"), uid: 1, mode: 0o600 }],
    options,
  );
  assert.deepEqual(parent, {
    type: "directory",
    path: "d",
    mode: 0o755,
    uid: 7,
    gid: 8,
    mtime: 9,
  });
  const { uid, gid, mode, mtime } = entry!;
  assert.deepEqual([uid, gid, mode, mtime], [1, 8, 0o600, 9]);
});

test("a directory that is given keeps its mode", async () => {
  const [directory] = await arrangeEntries([
    file("tmp/x"),
    { type: "directory", path: "tmp/", mode: 0o1777 },
  ]);
  assert.equal(directory?.mode, 0o1777);
});

test("the root itself is dropped", async () => {
  assert.deepEqual(
    await paths([{ type: "directory", path: "./" }, file("a")]),
    ["a"],
  );
});

test("the first name of a file holds the content, the others link to it", async () => {
  const entries = await arrangeEntries([
    { type: "hardlink", path: "a", target: "m", mode: 0o777, uid: 5 },
    { ...file("m", "content"), mode: 0o750, uid: 3 },
    { type: "hardlink", path: "z", target: "a" },
  ], { prefix: "p" });
  assert.deepEqual(
    entries.map((entry) => [
      entry.type,
      entry.path,
      entry.mode,
      entry.uid,
      "target" in entry ? entry.target : undefined,
    ]),
    [
      ["directory", "p", 0o755, 0, undefined],
      ["file", "p/a", 0o750, 3, undefined],
      ["hardlink", "p/m", 0o750, 3, "p/a"],
      ["hardlink", "p/z", 0o750, 3, "p/a"],
    ],
  );
  assert.equal(entries.filter((entry) => "body" in entry).length, 1);
});

for (
  const [name, entries, why] of [
    ["a path that is there twice", [file("a"), file("./a")], /twice/],
    ["something below a file", [file("a"), file("a/b")], /below a.*file/],
    ["a hard link to nothing", [
      { type: "hardlink", path: "a", target: "b" },
    ], /no file/],
    ["a hard link to itself", [
      { type: "hardlink", path: "a", target: "a" },
    ], /no file/],
    ["a hard link to a directory", [
      { type: "hardlink", path: "a", target: "d" },
      { type: "directory", path: "d" },
    ], /no file/],
    ["a file as the root", [file("/")], /root/],
    ["a path that leads out", [file("a/../../b")], /'\.\.'/],
  ] as [string, Entry[], RegExp][]
) {
  test(`refused: ${name}`, async () => {
    await assert.rejects(arrangeEntries(entries), {
      code: "LAYER",
      message: why,
    });
  });
}

test("the order in which entries come does not matter", async () => {
  const tree: Entry[] = [
    file("a/b/c"),
    file("a-b"),
    { type: "directory", path: "a" },
    { type: "hardlink", path: "0", target: "a/b/c" },
    { type: "symlink", path: "l", target: "a" },
  ];
  const expected = await arrangeEntries(tree);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(tree, { minLength: tree.length }),
      async (shuffled) => {
        assert.deepEqual(await arrangeEntries(shuffled), expected);
      },
    ),
  );
});
