import assert from "node:assert/strict";
import { test } from "node:test";
import { arrangeEntries } from "../../src/tar/arrange.ts";
import { arrangeInOrder } from "../../src/tar/arrange_in_order.ts";
import type { ArrangeOptions } from "../../src/tar/arrange_options.ts";
import type { ArrangedEntry } from "../../src/tar/arranged_entry.ts";
import type { Entry } from "../../src/tar/entry.ts";
import type { LowerEntry } from "../../src/tar/lower.ts";
import { LowerLayers } from "../../src/tar/lower_layers.ts";

const file = (path: string): Entry => ({ type: "file", path, body: "" });
const directory = (path: string, mode = 0o755): Entry => ({
  type: "directory",
  path,
  mode,
});

const kept = (mode: number): LowerEntry => ({
  type: "directory",
  mode,
  uid: 5,
  gid: 6,
  mtime: 7,
  mtimeNanoseconds: 8,
  xattrs: { "user.a": new Uint8Array([9]) },
  isKept: true,
});

const BASE: Record<string, LowerEntry> = {
  tmp: kept(0o1777),
  etc: kept(0o750),
  "etc/ssl": kept(0o700),
  usr: kept(0o755),
  "usr/bin": kept(0o711),
  "usr/bin/sh": { type: "file" },
  bin: { type: "symlink", target: "usr/bin" },
};

/** Layers on that base, and what the base was asked. */
function onBase() {
  const asked: string[] = [];
  const below = new LowerLayers((path) => {
    asked.push(path);
    return Promise.resolve(BASE[path]);
  });
  const options: ArrangeOptions = { lower: below.find.bind(below) };
  const add = async (...entries: Entry[]): Promise<ArrangedEntry[]> => {
    const arranged = await arrangeEntries(entries, options);
    below.add(arranged);
    return arranged;
  };
  return { asked, below, options, add };
}

for (const arrange of [arrangeEntries, arrangeInOrder]) {
  test(`directories of a base stay what they are: ${arrange.name}`, async () => {
    const { options } = onBase();
    const arranged = await arrange([
      directory("tmp", 0o700),
      file("tmp/x"),
      file("etc/z"),
      directory("new"),
    ], { ...options, owner: { uid: 1, gid: 2 }, mode: { keep: 0o700 } });
    const found = new Map(arranged.map((entry) => [entry.path, entry]));
    for (const [path, mode] of [["tmp", 0o1777], ["etc", 0o750]] as const) {
      const { isKept: _, ...expected } = kept(mode);
      assert.deepEqual(found.get(path), { path, ...expected });
    }
    const { mode, uid } = found.get("new") ?? {};
    assert.deepEqual([mode, uid], [0o700, 1]);
    assert.equal(found.get("tmp/x")?.uid, 1);
  });
}

test("a directory of a base stays so for every later layer", async () => {
  const { add, below } = onBase();
  await add(directory("tmp", 0o700), file("etc/ssl/a"));
  const [etc, ssl, , tmp] = await add(
    directory("tmp", 0o711),
    directory("etc/ssl", 0o755),
    file("etc/ssl/b"),
  );
  assert.deepEqual(
    [etc?.mode, ssl?.mode, tmp?.mode],
    [0o750, 0o700, 0o1777],
  );
  assert.deepEqual(await below.find("tmp"), kept(0o1777));
});

test("directories of earlier layers alone give way to later ones", async () => {
  const { add, below } = onBase();
  await add(directory("new", 0o700));
  const [again] = await add(directory("new", 0o711));
  assert.equal(again?.mode, 0o711);
  assert.equal((await below.find("new"))?.isKept, undefined);
});

test("links of the base are followed from every layer", async () => {
  const { add } = onBase();
  await add(file("bin/a"));
  const arranged = await add(directory("bin"), file("bin/b"));
  assert.deepEqual(arranged.map(({ path, mode }) => [path, mode]), [
    ["usr", 0o755],
    ["usr/bin", 0o711],
    ["usr/bin/b", 0o644],
  ]);
});

test("whiteouts of an earlier layer hide the base", async () => {
  const { add, below } = onBase();
  await add(
    { type: "whiteout", path: "bin" },
    { type: "opaque", path: "etc" },
    { type: "whiteout", path: "tmp" },
  );
  for (const path of ["bin", "etc/ssl", "tmp", "tmp/x"]) {
    assert.equal(await below.find(path), undefined, path);
  }
  assert.deepEqual(await below.find("etc"), kept(0o750));
  const [bin, , tmp] = await add(file("bin/x"), directory("tmp", 0o700));
  assert.deepEqual([bin?.path, bin?.mode], ["bin", 0o755]);
  assert.deepEqual([tmp?.path, tmp?.mode], ["tmp", 0o700]);
  assert.equal((await below.find("tmp"))?.isKept, undefined);
});

test("what takes the place of something of the base hides it for good", async () => {
  const { add, below } = onBase();
  await add(file("etc"));
  assert.deepEqual(await below.find("etc"), { type: "file" });
  await add(directory("etc", 0o711));
  assert.equal((await below.find("etc"))?.isKept, undefined);
  assert.equal((await below.find("etc"))?.mode, 0o711);
  assert.equal(await below.find("etc/ssl"), undefined);
});

test("a directory that a tar puts in the place of a link is none of the base", async () => {
  const { below } = onBase();
  below.add(await arrangeEntries([directory("bin", 0o700), file("bin/x")]));
  const bin = await below.find("bin");
  assert.deepEqual([bin?.mode, bin?.isKept], [0o700, undefined]);
});

test("what a tar holds below a link, without a directory, replaces the link", async () => {
  const { below } = onBase();
  const [, x] = await arrangeEntries([file("bin/x")]);
  below.add(x ? [x] : []);
  assert.equal(await below.find("bin"), undefined);
  assert.equal((await below.find("bin/x"))?.type, "file");
  assert.deepEqual(await below.find("etc"), kept(0o750));
});

test("the attributes of a tar count, and the directory is kept all the same", async () => {
  const { below } = onBase();
  below.add(await arrangeEntries([directory("etc", 0o555)]));
  const etc = await below.find("etc");
  assert.deepEqual([etc?.mode, etc?.isKept], [0o555, true]);
});

test("a base is asked only what no layer decides", async () => {
  const { add, asked, below } = onBase();
  await add(file("top"), { type: "symlink", path: "l", target: "top" });
  assert.deepEqual(asked, []);
  await below.find("top");
  await below.find("l");
  assert.deepEqual(asked, []);
  await below.find("tmp");
  assert.deepEqual(asked, ["tmp"]);
});
