import assert from "node:assert/strict";
import { test } from "node:test";
import { arrangeEntries } from "../../src/tar/arrange.ts";
import type { ArrangeOptions } from "../../src/tar/arrange_options.ts";
import { arrangeInOrder } from "../../src/tar/arrange_in_order.ts";
import type { Entry } from "../../src/tar/entry.ts";

const file = (path: string, body = ""): Entry => ({ type: "file", path, body });
const whiteout = (path: string): Entry => ({ type: "whiteout", path });
const opaque = (path: string): Entry => ({ type: "opaque", path });

async function paths(entries: Entry[], options?: ArrangeOptions) {
  return (await arrangeEntries(entries, options)).map(({ path }) => path);
}

test("a whiteout is an empty file that marks what it takes away", async () => {
  const options = {
    owner: { uid: 3, gid: 4 },
    mtime: 5,
    mode: { keep: 0o700 },
  };
  const [etc, marker] = await arrangeEntries(
    [whiteout("/etc/passwd")],
    options,
  );
  assert.equal(etc?.path, "etc");
  assert.ok(marker?.type === "file");
  const { body, ...rest } = marker;
  assert.equal(body.size, 0);
  assert.deepEqual(rest, {
    type: "file",
    path: "etc/.wh.passwd",
    mode: 0o644,
    uid: 3,
    gid: 4,
    mtime: 5,
    mtimeNanoseconds: 0,
    xattrs: {},
  });
});

test("an opaque directory stays, and what was in it goes", async () => {
  assert.deepEqual(await paths([opaque("var/cache"), file("var/cache/x")]), [
    "var",
    "var/cache",
    "var/cache/.wh..wh..opq",
    "var/cache/x",
  ]);
});

test("markers come before what else is in their directory", async () => {
  assert.deepEqual(
    await paths([
      file("d/!"),
      whiteout("d/a"),
      opaque("d"),
      file("!"),
      file("d!"),
    ]),
    ["!", "d", "d/.wh..wh..opq", "d/.wh.a", "d/!", "d!"],
  );
});

test("whiteouts lie below the prefix", async () => {
  assert.deepEqual(await paths([whiteout("x"), opaque("")], { prefix: "p" }), [
    "p",
    "p/.wh..wh..opq",
    "p/.wh.x",
  ]);
});

test("files named like markers are markers where that is meant", async () => {
  const entries = [file("d/.wh.a"), file("d/.wh..wh..opq")];
  assert.deepEqual(await paths(entries, { whiteouts: true }), [
    "d",
    "d/.wh..wh..opq",
    "d/.wh.a",
  ]);
});

test("filter and map see whiteouts", async () => {
  const seen: string[] = [];
  const entries = await paths([whiteout("a"), opaque("b"), whiteout("c")], {
    filter: ({ type }) => type === "whiteout",
    map: (entry) => {
      seen.push(entry.path);
      return entry.path === "a" ? undefined : { ...entry, path: "d/c" };
    },
  });
  assert.deepEqual(seen, ["a", "c"]);
  assert.deepEqual(entries, ["d", "d/.wh.c"]);
});

for (
  const [name, entries, why, whiteouts = false] of [
    [
      "a marker that is not meant",
      [file("d/.wh.a")],
      /pack d\/\.wh\.a: .*would not appear, but take \/d\/a .*away; rename/,
    ],
    [
      "an opaque marker that is not meant",
      [file("d/.wh..wh..opq")],
      /take what is in \/d of the layers below away/,
    ],
    ["a directory named like a marker", [file(".wh.d/x")], /lies below a name/],
    [
      "a directory named like a marker, with whiteouts",
      [{ type: "directory", path: ".wh.d" }],
      /it is a directory.*empty file/,
      true,
    ],
    [
      "a marker with content",
      [file(".wh.a", "text")],
      /holds 4 bytes.*empty file/,
      true,
    ],
    ["a name of AUFS", [file(".wh..wh.plnk")], /reserved/, true],
    ["a name of AUFS, without whiteouts", [file(".wh..wh.aufs")], /reserved/],
    ["a marker without a name", [file("d/.wh.")], /reserved/, true],
    ["a marker of a dot", [file("d/.wh..")], /reserved/, true],
    ["a marker of the parent", [file("d/.wh...")], /reserved/, true],
    ["a whiteout of the root", [whiteout("/")], /the root of an image/],
    ["an opaque root", [opaque("/")], /the root of an image/],
    [
      "an opaque marker in the root",
      [file(".wh..wh..opq")],
      /the root of an image/,
      true,
    ],
    ["a whiteout of a marker", [whiteout("d/.wh.a")], /not its marker/],
    [
      "a whiteout that would be an opaque marker",
      [whiteout("d/.wh..opq")],
      /not its marker/,
    ],
    ["a whiteout below a marker", [whiteout(".wh.d/a")], /lies below a name/],
    [
      "a whiteout of what is there",
      [whiteout("a"), file("a")],
      /pack a: .*cannot both take it away and hold it.*opaque/,
    ],
    [
      "a whiteout of what holds something",
      [whiteout("d"), file("d/e/f")],
      /pack d: .*both/,
    ],
    [
      "a whiteout below a file",
      [whiteout("f/a"), file("f")],
      / f(,|:).* a file.* directory/,
    ],
    [
      "an opaque file",
      [opaque("f"), file("f")],
      / f(,|:).* a file.* directory/,
    ],
    ["a whiteout twice", [whiteout("a"), whiteout("a")], /twice/],
    [
      "a hard link to a marker",
      [{ type: "hardlink", path: "a", target: ".wh.b" }, file(".wh.b")],
      /\.wh\.b/,
      true,
    ],
    [
      "a hard link as a marker",
      [{ type: "hardlink", path: ".wh.b", target: "a" }, file("a")],
      /it is a hardlink/,
      true,
    ],
  ] as [string, Entry[], RegExp, boolean?][]
) {
  test(`refused: ${name}`, async () => {
    const expected = { name: "LayerError", message: why };
    await assert.rejects(arrangeEntries(entries, { whiteouts }), expected);
    if (name === "a whiteout twice") return; // the last one counts
    await assert.rejects(arrangeInOrder(entries, { whiteouts }), expected);
  });
}
