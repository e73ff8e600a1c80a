import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { diffTrees } from "../../../src/image/diff_trees.ts";
import type { ImageItem } from "../../../src/image/image_item.ts";
import { entryItems } from "../../../src/image/entry_items.ts";
import type { Entry } from "../../../src/tar/entry.ts";

function item(path: string, more: Partial<ImageItem> = {}): ImageItem {
  return {
    ...{ path, type: "file", mode: 0o644, uid: 0, gid: 0, size: 0, mtime: 0 },
    xattrs: {},
    ...more,
  };
}

const bytes = (text: string) => new TextEncoder().encode(text);

test("each aspect of a change is told, and times are not compared", () => {
  const cases: [
    before: Partial<ImageItem>,
    after: Partial<ImageItem>,
    aspects: string[],
  ][] = [
    [{}, {}, []],
    [{ mtime: 1 }, { mtime: 2 }, []],
    [{ layer: 1 }, { layer: 2 }, []],
    [{ mode: 0o755 }, { mode: 0o4755 }, ["mode"]],
    [{ uid: 1 }, { gid: 1 }, ["owner"]],
    [{ size: 1 }, { size: 2 }, ["content"]],
    [{ digest: "sha256:a" }, { digest: "sha256:b" }, ["content"]],
    [{ type: "symlink", target: "a" }, { type: "symlink", target: "b" }, [
      "target",
    ]],
    [{ type: "symlink", mode: 0o777 }, { type: "symlink", mode: 0 }, []],
    [{ mode: 0o755 }, { type: "directory" }, ["type"]],
    [
      { type: "block-device", major: 1, minor: 2 },
      { type: "block-device", major: 1, minor: 3 },
      ["device"],
    ],
    [{ xattrs: { a: bytes("x") } }, { xattrs: { a: bytes("x") } }, []],
    [{ xattrs: { a: bytes("x") } }, { xattrs: { a: bytes("y") } }, ["xattrs"]],
    [{ xattrs: { a: bytes("x") } }, { xattrs: { b: bytes("x") } }, ["xattrs"]],
    [{ xattrs: { a: bytes("") } }, {}, ["xattrs"]],
    [{ xattrs: { toString: bytes("x") } }, { xattrs: { b: bytes("x") } }, [
      "xattrs",
    ]],
    [{ uid: 1, mode: 0, size: 3 }, {}, ["mode", "owner", "content"]],
  ];
  for (const [before, after, aspects] of cases) {
    const { added, removed, changed } = diffTrees(
      [item("a", before)],
      [item("a", after)],
    );
    assert.deepEqual([added, removed], [[], []]);
    assert.deepEqual(changed.flatMap(({ aspects }) => aspects), aspects);
    assert.equal(changed.length, aspects.length > 0 ? 1 : 0);
  }
});

test("aspects that are left out are no change, and the root is not compared", () => {
  const before = [
    item("", { type: "directory", mode: 0o700 }),
    item("a", { mode: 1, uid: 1 }),
  ];
  const after = [item("", { type: "directory" }), item("a")];
  assert.deepEqual(
    diffTrees(before, after, { except: ["mode"] }).changed
      .map(({ aspects }) => aspects),
    [["owner"]],
  );
  assert.deepEqual(
    diffTrees(before, after, { except: ["mode", "owner"] }).changed,
    [],
  );
  assert.deepEqual(diffTrees([], [item("")]), {
    added: [],
    removed: [],
    changed: [],
  });
});

test("whatever the trees, what they have by themselves and in common is found", async () => {
  const name = fc.constantFrom("a", "a-b", "a!", "b", "\u{1f600}", "\uffee");
  const path = fc.array(name, { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join("/") + ".f");
  const tree = fc.uniqueArray(path, { maxLength: 8 });
  const items = (paths: readonly string[], body: string) =>
    entryItems(paths.map((path): Entry => ({ type: "file", path, body })));
  await fc.assert(
    fc.asyncProperty(tree, tree, async (one, other) => {
      const before = await items(one, "1");
      const after = await items(other, "2");
      const { added, removed, changed } = diffTrees(before, after);
      const paths = (items: readonly { path: string }[]) =>
        items.map(({ path }) => path);
      const had = new Set(paths(before));
      const has = new Set(paths(after));
      assert.deepEqual(
        paths(added),
        paths(after).filter((path) => !had.has(path)),
      );
      assert.deepEqual(
        paths(removed),
        paths(before).filter((path) => !has.has(path)),
      );
      assert.deepEqual(
        paths(changed),
        paths(after).filter((path) => had.has(path) && path.endsWith(".f")),
      );
    }),
    { numRuns: 60 },
  );
});
