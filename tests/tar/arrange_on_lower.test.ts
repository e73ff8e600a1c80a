import assert from "node:assert/strict";
import { test } from "node:test";
import { arrangeEntries } from "../../src/tar/arrange.ts";
import { arrangeInOrder } from "../../src/tar/arrange_in_order.ts";
import type { ArrangeOptions } from "../../src/tar/arrange_options.ts";
import type { Entry } from "../../src/tar/entry.ts";
import type { LowerEntry } from "../../src/tar/lower.ts";
import { LowerLayers } from "../../src/tar/lower_layers.ts";

const file = (path: string): Entry => ({ type: "file", path, body: "" });
const directory = (path: string, mode = 0o755): Entry => ({
  type: "directory",
  path,
  mode,
});
const symlink = (path: string, target: string): Entry => ({
  type: "symlink",
  path,
  target,
});

/** What an image with merged `/usr` holds, and some odd links. */
const BASE: Entry[] = [
  directory("usr/bin", 0o711),
  file("usr/bin/sh"),
  directory("run"),
  directory("var", 0o2755),
  symlink("bin", "usr/bin"),
  symlink("var/run", "/run"),
  symlink("var/up", "../../../usr"),
  symlink("usr/sbin", "bin"),
  symlink("sbin", "usr/sbin"),
  symlink("dangling", "not/there"),
  symlink("to-file", "usr/bin/sh"),
  symlink("through-file", "usr/bin/sh/x"),
  symlink("root", "/"),
  symlink("loop", "pool"),
  symlink("pool", "./loop/x"),
  file("plain"),
];

async function base(...entries: Entry[]): Promise<ArrangeOptions> {
  const lower = new LowerLayers();
  lower.add(await arrangeEntries([...BASE, ...entries]));
  return { lower: (path) => lower.find(path) };
}

async function paths(entries: Entry[], options: ArrangeOptions) {
  return (await arrangeEntries(entries, options)).map(({ path }) => path);
}

test("parents that no entry gives repeat what lies below", async () => {
  const lower = new LowerLayers();
  const attributes = {
    mode: 0o2750,
    uid: 5,
    gid: 6,
    mtime: 7,
    mtimeNanoseconds: 8,
    xattrs: { "user.a": new Uint8Array([9]) },
  };
  lower.add(
    await arrangeEntries([{ type: "directory", path: "a/b", ...attributes }]),
  );
  const [a, b, c] = await arrangeEntries([file("a/b/c/f")], {
    lower: (path) => Promise.resolve(lower.find(path)),
    owner: { uid: 1, gid: 1 },
    mode: { keep: 0o700 },
  });
  assert.deepEqual([a?.mode, a?.uid], [0o755, 0]);
  assert.deepEqual(b, { type: "directory", path: "a/b", ...attributes });
  assert.deepEqual([c?.path, c?.mode, c?.uid], ["a/b/c", 0o700, 1]);
});

test("a directory that an entry gives has the attributes of the entry", async () => {
  const [usr, bin] = await arrangeEntries(
    [directory("usr/bin", 0o700)],
    await base(),
  );
  assert.deepEqual([usr?.path, bin?.path, bin?.mode], [
    "usr",
    "usr/bin",
    0o700,
  ]);
});

for (
  const [name, path, expected] of [
    ["a relative link", "bin/x", "usr/bin/x"],
    ["an absolute link", "var/run/x", "run/x"],
    ["'..' that stops at the root", "var/up/x", "usr/x"],
    ["a link that leads to a link", "sbin/x", "usr/bin/x"],
    ["a link behind a link", "var/up/sbin/x", "usr/bin/x"],
    ["a link to nothing known", "dangling/x", "not/there/x"],
    ["a link to the root", "root/bin/x", "usr/bin/x"],
    ["a link to a file, which it replaces", "to-file/x", "to-file/x"],
    ["a link through a file", "through-file/x", "through-file/x"],
    ["a file, which a directory replaces", "plain/x", "plain/x"],
    ["nothing", "new/x", "new/x"],
  ] as const
) {
  test(`what lies below ${name}`, async () => {
    const options = await base();
    const expectedPaths = expected.split("/").map((_, index, parts) =>
      parts.slice(0, index + 1).join("/")
    );
    const parent = path.slice(0, path.lastIndexOf("/"));
    for (const entries of [[file(path)], [directory(parent), file(path)]]) {
      assert.deepEqual(await paths(entries, options), expectedPaths);
      const inOrder = await arrangeInOrder(entries, options);
      assert.deepEqual(inOrder.map(({ path }) => path), expectedPaths);
    }
  });
}

test("the prefix is followed too", async () => {
  const options = { ...await base(), prefix: "/bin" };
  const arranged = await arrangeEntries([file("x")], options);
  assert.deepEqual(arranged.map(({ path, mode }) => [path, mode]), [
    ["usr", 0o755],
    ["usr/bin", 0o711],
    ["usr/bin/x", 0o644],
  ]);
});

test("links, other than directories, replace what lies below", async () => {
  const entries = [symlink("bin", "opt"), file("sbin")];
  assert.deepEqual(await paths(entries, await base()), ["bin", "sbin"]);
});

test("the targets of hard links and whiteouts follow as well", async () => {
  const arranged = await arrangeEntries([
    file("sbin/tool"),
    { type: "hardlink", path: "bin/z", target: "var/up/bin/tool" },
    { type: "whiteout", path: "bin/sh" },
    { type: "opaque", path: "var/run" },
  ], await base());
  assert.deepEqual(
    arranged.map((entry) =>
      "target" in entry ? `${entry.path} -> ${entry.target}` : entry.path
    ),
    [
      "run",
      "run/.wh..wh..opq",
      "usr",
      "usr/bin",
      "usr/bin/.wh.sh",
      "usr/bin/tool",
      "usr/bin/z -> usr/bin/tool",
    ],
  );
});

test("a whiteout of a link takes the link away, not what it leads to", async () => {
  const entries: Entry[] = [{ type: "whiteout", path: "bin" }];
  assert.deepEqual(await paths(entries, await base()), [".wh.bin"]);
  await assert.rejects(
    arrangeEntries([...entries, file("bin/x")], await base()),
    { path: "bin", message: /both/ },
  );
});

test("a link is followed no more once what it leads to is taken away", async () => {
  const entries: Entry[] = [
    { type: "whiteout", path: "sbin/x" },
    { type: "whiteout", path: "usr/sbin" },
    file("sbin/y"),
  ];
  await assert.rejects(arrangeEntries(entries, await base()), {
    path: "usr/sbin",
    message: /both/,
  });
});

test("a link in a directory that the layer empties is not followed", async () => {
  const entries: Entry[] = [{ type: "opaque", path: "var" }, file("var/run/x")];
  assert.deepEqual(await paths(entries, await base()), [
    "var",
    "var/.wh..wh..opq",
    "var/run",
    "var/run/x",
  ]);
});

test("directories that come to one place are merged", async () => {
  const entries = [
    directory("bin", 0o700),
    directory("bin/d", 0o701),
    directory("usr/bin/d", 0o702),
    directory("usr/sbin/d", 0o703),
    file("bin/d/a"),
    file("usr/bin/d/b"),
  ];
  for (const given of [entries, entries.toReversed()]) {
    const arranged = await arrangeEntries(given, await base());
    assert.deepEqual(arranged.map(({ path, mode }) => [path, mode]), [
      ["usr", 0o755],
      ["usr/bin", 0o711],
      ["usr/bin/d", 0o702],
      ["usr/bin/d/a", 0o644],
      ["usr/bin/d/b", 0o644],
    ]);
  }
});

test("other entries that come to one place are refused", async () => {
  const entries = [file("bin/x"), file("usr/bin/x")];
  await assert.rejects(arrangeEntries(entries, await base()), {
    name: "LayerError",
    message: /usr\/bin\/x.*symbolic link of the layers below/,
  });
  const inOrder = await arrangeInOrder(entries, await base());
  assert.equal(inOrder.length, 3);
});

test("links that lead in a circle are refused", async () => {
  for (const arrange of [arrangeEntries, arrangeInOrder]) {
    await assert.rejects(arrange([file("loop/x")], await base()), {
      name: "LayerError",
      path: "loop",
      message: /circle.*whiteout/,
    });
  }
});

test("40 links are followed, and no more", async () => {
  const chain = (length: number): Entry[] =>
    Array.from(
      { length },
      (_, n) => symlink(`c${n}`, n === length - 1 ? "usr" : `c${n + 1}`),
    );
  assert.deepEqual(await paths([file("c0/x")], await base(...chain(40))), [
    "usr",
    "usr/x",
  ]);
  await assert.rejects(
    arrangeEntries([file("c0/x")], await base(...chain(41))),
    { message: /more than 40 links/ },
  );
});

test("links that multiply take no time", async () => {
  const entries = Array.from(
    { length: 40 },
    (_, n) => symlink(`m${n}`, `m${n + 1}/../m${n + 1}/../m${n + 1}`),
  );
  await assert.rejects(
    arrangeEntries([file("m0/x")], await base(...entries)),
    { message: /more than 40 links/ },
  );
});

test("what lies below is asked for once, and only about directories", async () => {
  const asked: string[] = [];
  const lower = (path: string): LowerEntry | undefined => {
    asked.push(path);
    return path === "l" ? { type: "symlink", target: "d" } : undefined;
  };
  await arrangeEntries([
    file("d/a"),
    file("d/b"),
    file("d/e/c"),
    directory("d"),
    file("l/x"),
    file("top"),
    symlink("s", "d"),
  ], { lower });
  assert.deepEqual(asked.sort(), ["d", "d/e", "l"]);
});

test("an error of what is asked is the error of the layer", async () => {
  const lower = () => Promise.reject(new Error("no base"));
  await assert.rejects(arrangeEntries([file("a/b")], { lower }), /no base/);
});
