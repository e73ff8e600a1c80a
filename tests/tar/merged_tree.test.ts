import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type LayerItem, MergedTree } from "../../src/tar/merged_tree.ts";

const file = (path: string): LayerItem => ({ path, type: "file" });
const directory = (path: string): LayerItem => ({ path, type: "directory" });
const symlink = (path: string, target: string): LayerItem => ({
  path,
  type: "symlink",
  target,
});

function stack(...layers: LayerItem[][]): MergedTree<LayerItem> {
  const tree = new MergedTree<LayerItem>();
  for (const layer of layers) tree.add(layer);
  return tree;
}

const paths = (tree: MergedTree<LayerItem>) =>
  [...tree.walk()].map(({ path, type }) => `${path} ${type}`);

test("a directory takes the place of a link for what a later layer holds", () => {
  const tree = stack(
    [directory("usr/bin"), symlink("bin", "usr/bin"), file("usr/bin/sh")],
    [file("bin/x")],
  );
  assert.equal(tree.find("bin"), undefined);
  assert.ok(tree.has("bin"));
  assert.deepEqual(tree.names("bin"), ["x"]);
  assert.deepEqual(tree.names("usr/bin"), ["sh"]);
  assert.ok(tree.find("bin/x"));
});

test("an entry behind a link of its own layer lies where the link leads", () => {
  const tree = stack([
    directory("usr"),
    symlink("a", "/usr/x/../../usr"),
    symlink("usr/b", "../../../a/./deep"),
    file("a/f"),
    file("usr/b/g"),
  ]);
  assert.deepEqual(paths(tree), [
    "a symlink",
    "usr directory",
    "usr/b symlink",
    "usr/deep/g file",
    "usr/f file",
  ]);
});

test("a link is followed only by what comes after it", () => {
  const tree = stack([
    directory("foo"),
    file("foo/x"),
    symlink("foo", "/bar"),
    file("foo/y"),
    directory("foo"),
    file("foo/z"),
  ]);
  assert.deepEqual(paths(tree), [
    "bar/y file",
    "foo directory",
    "foo/z file",
  ]);
});

test("links that lead in a circle, or nowhere, are directories", () => {
  const tree = stack([
    symlink("a", "b"),
    symlink("b", "a"),
    symlink("empty", ""),
    file("a/x"),
    file("empty/y"),
  ]);
  assert.equal(tree.has("empty/y"), true);
  assert.equal(
    [...tree.walk()].filter(({ type }) => type === "file").length,
    2,
  );
});

test("links that multiply come to an end", () => {
  const long = "x/../".repeat(100_000);
  const tree = stack([
    symlink("l", `${long}l`),
    ...Array.from({ length: 1000 }, (_, n) => file(`l/${n}`)),
  ]);
  assert.ok(tree.has("l/999"));
});

test("a whiteout below a link makes a directory of the link", () => {
  const tree = stack(
    [directory("etc"), file("etc/passwd"), symlink("localetc", "/etc")],
    [file("localetc/.wh.passwd")],
  );
  assert.ok(tree.find("etc/passwd"));
  assert.equal(tree.find("localetc"), undefined);
  assert.ok(tree.has("localetc"));
});

test("markers that take nothing away are left out", () => {
  const tree = stack([file("a")], [
    file(".wh."),
    file(".wh.."),
    file(".wh..."),
    directory(".wh..wh.plnk"),
    file(".wh..wh.aufs"),
  ]);
  assert.deepEqual(paths(tree), ["a file"]);
});

test("the root stays a directory", () => {
  const tree = stack([file("a")], [directory(""), symlink("", "/etc")]);
  assert.equal(tree.find("")?.type, "directory");
  assert.ok(tree.find("a"));
});

test("a directory keeps what is in it, anything else does not", () => {
  const tree = stack(
    [file("d/a"), file("f/b")],
    [directory("d"), file("f")],
    [file("f/c")],
  );
  assert.deepEqual(paths(tree), ["d directory", "d/a file", "f/c file"]);
});

const names = fc.constantFrom("a", "b", "c");
const anyPath = fc.array(names, { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join("/"));
const anyItem = fc.oneof(
  anyPath.map(file),
  anyPath.map(directory),
  anyPath.map((path) => file(path.replace(/[^/]*$/, ".wh.$&"))),
  anyPath.map((path) => file(`${path}/.wh..wh..opq`)),
);

/** The same by paths alone, without links. */
function model(layers: LayerItem[][]): Map<string, string> {
  const found = new Map<string, string>([["", "directory"]]);
  const remove = (path: string, itself: boolean) => {
    for (const at of [...found.keys()]) {
      if (at === "" || (at === path && !itself)) continue;
      if (`${at}/`.startsWith(`${path}/`)) found.delete(at);
    }
  };
  const makeParents = (path: string) => {
    const parts = path.split("/").slice(0, -1);
    for (let length = 1; length <= parts.length; length++) {
      const parent = parts.slice(0, length).join("/");
      if (found.get(parent) === "file") found.delete(parent);
      if (!found.has(parent)) found.set(parent, "implied");
    }
  };
  for (const layer of layers) {
    const isMarker = ({ path }: LayerItem) => path.includes(".wh.");
    for (const { path } of layer.filter(isMarker)) {
      makeParents(path);
      const opaque = path.replace(/\/\.wh\.\.wh\.\.opq$/, "");
      if (opaque !== path) remove(opaque, false);
      else remove(path.replace(/\.wh\.([^/]*)$/, "$1"), true);
    }
    for (const item of layer) {
      if (isMarker(item)) continue;
      makeParents(item.path);
      if (item.type === "file") remove(item.path, true);
      found.set(item.path, item.type);
    }
  }
  return found;
}

test("layers are merged as their paths say", () => {
  fc.assert(fc.property(
    fc.array(fc.array(anyItem, { maxLength: 6 }), { maxLength: 5 }),
    (layers) => {
      const tree = stack(...layers);
      const expected = model(layers);
      for (const [path, type] of expected) {
        if (path === "") continue;
        assert.ok(tree.has(path), path);
        assert.equal(tree.find(path)?.type ?? "implied", type, path);
      }
      const count = (path: string): number =>
        tree.names(path).reduce(
          (sum, name) => sum + count(path === "" ? name : `${path}/${name}`),
          1,
        );
      assert.equal(count(""), expected.size);
    },
  ));
});
