import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { bytesSource } from "../../src/bytes/byte_source.ts";
import { arrangeEntries } from "../../src/tar/arrange.ts";
import type { ArrangeOptions } from "../../src/tar/arrange_options.ts";
import type { Entry, FileEntry } from "../../src/tar/entry.ts";

const file = (path: string, text = "x"): FileEntry => ({
  type: "file",
  path,
  body: new Blob([text]),
});

async function paths(entries: Entry[], options?: ArrangeOptions) {
  return (await arrangeEntries(entries, options)).map(({ path }) => path);
}

test("what a directory holds follows it, sorted by bytes, and every parent is there", async () => {
  assert.deepEqual(
    await paths([
      file("a/b/c"),
      file("a-b"),
      file("a.b"),
      file("B"),
      file("é"),
    ]),
    ["B", "a", "a/b", "a/b/c", "a-b", "a.b", "é"],
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
    mtimeNanoseconds: 0,
    xattrs: {},
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

test("a mask changes all modes but those of symbolic links", async () => {
  const tree: Entry[] = [
    { ...file("d/f"), mode: 0o6777 },
    { type: "fifo", path: "d/p" },
    { type: "symlink", path: "d/l", target: "f" },
  ];
  const modes = async (mode: ArrangeOptions["mode"]) =>
    (await arrangeEntries(tree, mode ? { mode } : {})).map(({ mode }) =>
      mode.toString(8)
    );
  assert.deepEqual(await modes(undefined), ["755", "6777", "777", "644"]);
  assert.deepEqual(await modes({ keep: 0o755 }), ["755", "755", "777", "644"]);
  assert.deepEqual(await modes({ keep: ~0o022 }), [
    "755",
    "6755",
    "777",
    "644",
  ]);
  assert.deepEqual(await modes({ keep: 0o700, add: 0o050 }), [
    "750",
    "750",
    "777",
    "650",
  ]);
});

test("filter and map come before the prefix", async () => {
  const seen: string[] = [];
  const entries = await arrangeEntries([file("a"), file("b"), file("c")], {
    prefix: "p",
    filter: ({ path }) => path !== "a",
    map: (entry) => {
      seen.push(entry.path);
      return entry.path === "b" ? undefined : { ...entry, path: "d/e", uid: 3 };
    },
  });
  assert.deepEqual(seen, ["b", "c"]);
  assert.deepEqual(
    entries.map(({ path, uid }) => [path, uid]),
    [["p", 0], ["p/d", 0], ["p/d/e", 3]],
  );
});

test("a further name of a link, a device or a pipe is one more of it", async () => {
  const tree: Entry[] = [
    { type: "hardlink", path: "a", target: "l" },
    { type: "symlink", path: "l", target: "t" },
    { type: "hardlink", path: "b", target: "n" },
    { type: "character-device", path: "n", major: 1, minor: 3 },
  ];
  const [a, b] = await arrangeEntries(tree);
  assert.ok(a?.type === "symlink" && a.target === "t");
  assert.ok(b?.type === "character-device" && b.minor === 3);
});

for (
  const body of [
    "ü",
    new Uint8Array([0xc3, 0xbc]),
    new Blob(["ü"]),
    bytesSource(new Uint8Array([0xc3, 0xbc])),
    new Blob(["ü"]).stream(),
    new Blob(["ü"]).stream().values(),
    Readable.from([new Uint8Array([0xc3]), new Uint8Array([0xbc])]),
  ]
) {
  test(`a body may be a ${typeof body} (${body.constructor.name})`, async () => {
    const [entry] = await arrangeEntries([{ type: "file", path: "f", body }]);
    assert.ok(entry?.type === "file");
    assert.equal(entry.body.size, 2);
    for (let times = 0; times < 2; times++) {
      assert.equal(await new Response(entry.body.stream()).text(), "ü");
    }
  });
}

for (
  const [name, entries, why, options] of [
    ["a path that is no text", [
      { ...file("a"), path: undefined as unknown as string },
    ], /pack undefined: the path is no text/],
    ["a link to what is no text", [
      { type: "symlink", path: "a", target: undefined as unknown as string },
    ], /pack a: the target of the link, "", is empty/],
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
    ["a prefix that leads out", [], /'\.\.'/, { prefix: "a/../b" }],
    ["a prefix that is a marker", [], /\.wh\.b/, { prefix: "a/.wh.b" }],
    ["a file at the prefix", [file("/")], /directory/, { prefix: "a" }],
    ["a NUL in a path", [file("a\0b")], /pack a\\u0000b: .*NUL/],
    ["a lone surrogate", [file("a\ud800")], /pack a\\ud800: .*Unicode/],
    ["a file as the root", [file("/")], /root/],
    ["a path that leads out", [file("a/../../b")], /'\.\.'/],
  ] as [string, Entry[], RegExp, ArrangeOptions?][]
) {
  test(`refused: ${name}`, async () => {
    await assert.rejects(arrangeEntries(entries, options), {
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
