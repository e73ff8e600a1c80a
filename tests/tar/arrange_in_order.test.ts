import assert from "node:assert/strict";
import { test } from "node:test";
import { arrangeInOrder } from "../../src/tar/arrange_in_order.ts";
import type { ArrangeOptions } from "../../src/tar/arrange_options.ts";
import type { Entry } from "../../src/tar/entry.ts";

const file = (path: string, body = ""): Entry => ({ type: "file", path, body });
const link = (path: string, target: string): Entry => ({
  type: "hardlink",
  path,
  target,
});
const directory = (path: string, mode = 0o755): Entry => ({
  type: "directory",
  path,
  mode,
});

/** What an order comes to: type and path, and what a name leads to or holds. */
async function lines(entries: Entry[], options?: ArrangeOptions) {
  const arranged = await arrangeInOrder(entries, options);
  return await Promise.all(arranged.map(async (entry) => {
    const { type, path } = entry;
    if ("target" in entry) return `${type} ${path} -> ${entry.target}`;
    if (!("body" in entry)) return `${type} ${path}`;
    const text = await new Response(entry.body.stream()).text();
    return `${type} ${path}${text && `: ${text}`}`;
  }));
}

test("the order stays, and parents come before what needs them", async () => {
  assert.deepEqual(
    await lines([file("z"), file("d/e/f"), file("a"), file("d/b")]),
    [
      "file z",
      "directory d",
      "directory d/e",
      "file d/e/f",
      "file a",
      "file d/b",
    ],
  );
  assert.deepEqual(await lines([file("z"), file("a")], { prefix: "/p/q" }), [
    "directory p",
    "directory p/q",
    "file p/q/z",
    "file p/q/a",
  ]);
});

test("the last of two entries with one path counts", async () => {
  assert.deepEqual(
    await lines([file("a", "1"), file("b"), file("./a", "2"), file("c")]),
    ["file b", "file a: 2", "file c"],
  );
  assert.deepEqual(
    await lines([file("a"), { type: "symlink", path: "a", target: "b" }]),
    ["symlink a -> b"],
  );
});

test("a directory that comes again keeps its place and takes the attributes", async () => {
  const [first, ...rest] = await arrangeInOrder([
    file("d/f"),
    directory("d/", 0o700),
    file("e"),
    directory("d", 0o711),
  ]);
  assert.deepEqual([first?.path, first?.mode], ["d", 0o711]);
  assert.deepEqual(rest.map(({ path }) => path), ["d/f", "e"]);
});

test("an empty directory and a file may take each other's place", async () => {
  assert.deepEqual(await lines([directory("d"), file("d")]), ["file d"]);
  assert.deepEqual(await lines([file("d"), directory("d"), file("d/f")]), [
    "directory d",
    "file d/f",
  ]);
});

test("a hard link is a name of what its target was when it came", async () => {
  assert.deepEqual(
    await lines([
      file("a", "old"),
      link("b", "a"),
      link("c", "b"),
      file("a", "new"),
    ]),
    ["file b: old", "hardlink c -> b", "file a: new"],
  );
});

test("a hard link to a link, a pipe or a device is one more of it", async () => {
  assert.deepEqual(
    await lines([
      { type: "symlink", path: "s", target: "t" },
      link("s2", "s"),
      { type: "fifo", path: "p" },
      link("p2", "p"),
    ]),
    ["symlink s -> t", "symlink s2 -> t", "fifo p", "fifo p2"],
  );
});

for (
  const [name, entries, path, why] of [
    [
      "a hard link that comes before its file",
      [link("a", "b"), file("b")],
      "a",
      /hard link to b, which is no file that comes before it.*file first/,
    ],
    [
      "a hard link to a directory",
      [directory("d"), link("a", "d")],
      "a",
      /hard link to d/,
    ],
    [
      "something below a file",
      [file("a"), file("a/b")],
      "a/b",
      /below a, which is a file/,
    ],
    [
      "something below a symbolic link",
      [{ type: "symlink", path: "a", target: "b" }, file("a/b")],
      "a/b",
      /below a, which is a symlink/,
    ],
    [
      "a file in place of a directory that holds something",
      [file("d/f"), file("d")],
      "d",
      /as a file, and as a directory with something in it/,
    ],
  ] as [string, Entry[], string, RegExp][]
) {
  test(`refused: ${name}`, async () => {
    await assert.rejects(arrangeInOrder(entries), {
      name: "LayerError",
      path,
      message: why,
    });
  });
}
