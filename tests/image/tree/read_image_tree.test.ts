import assert from "node:assert/strict";
import { test } from "node:test";
import { createLayer } from "../../../src/image/create_layer.ts";
import { readImageTree } from "../../../src/image/read_image_tree.ts";
import type { Entry } from "../../../src/tar/entry.ts";
import { layerOf, listing, rawLayer } from "./layers.ts";

const file = (path: string, body = "x"): Entry => ({
  type: "file",
  path,
  body,
});

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

test("later layers lie on top of earlier ones, and whiteouts take away", async () => {
  const layers = [
    await createLayer([
      file("etc/a", "one"),
      file("etc/b", "gone"),
      file("var/log/old", "gone"),
      file("srv/x/y", "gone"),
    ]),
    await createLayer([
      file("etc/a", "three"),
      { type: "whiteout", path: "etc/b" },
      { type: "whiteout", path: "srv" },
      { type: "opaque", path: "var/log" },
      file("var/log/new", "n"),
    ]),
  ];
  const tree = await readImageTree({ layers });
  assert.deepEqual(listing(tree), [
    "- / directory",
    "1 /etc directory",
    "1 /etc/a 5",
    "1 /var directory",
    "1 /var/log directory",
    "1 /var/log/new 1",
  ]);
  assert.equal(await textOf(tree.open("/etc/a")), "three");
  assert.deepEqual(tree.list("etc").map(({ path }) => path), ["etc/a"]);
  assert.deepEqual(tree.list("nowhere"), []);
});

test("an opaque marker hides only what lies below its layer, wherever it stands", async () => {
  const layers = [
    await rawLayer({ path: "d/old" }),
    await rawLayer({ path: "d/new" }, { path: "d/.wh..wh..opq" }),
  ];
  assert.deepEqual(listing(await readImageTree({ layers })), [
    "- / directory",
    "- /d directory",
    "1 /d/new 0",
  ]);
});

test("a hard link has the content of its file, also where that is in a lower layer", async () => {
  const layers = [
    await rawLayer({ path: "a", body: "content" }),
    await rawLayer(
      { path: "b", flag: "1", target: "./a", mode: 0o600, uid: 7 },
      { path: "c", flag: "1", target: "b", mode: 0o640, uid: 7 },
      { path: "d", body: "other" },
      { path: "d2", flag: "1", target: "d" },
    ),
  ];
  const tree = await readImageTree({ layers }, { hash: true });
  assert.deepEqual(listing(tree).slice(1), [
    "0 /a 7",
    "1 /b 7",
    "1 /c 7",
    "1 /d 5",
    "1 /d2 5",
  ]);
  assert.equal(tree.find("c")?.digest, tree.find("a")?.digest);
  assert.match(tree.find("a")?.digest ?? "", /^sha256:ed7002b4/);
  // What a link says of modes, programs apply to the file that it shares.
  assert.equal(tree.find("a")?.mode, 0o640);
  assert.equal(tree.find("a")?.uid, 7);
  assert.equal(await textOf(tree.open("c")), "content");
  assert.equal(await textOf(tree.open("d2")), "other");
});

test("an overwritten file stays what it was for its other names", async () => {
  const layers = [
    await rawLayer(
      { path: "a", body: "old" },
      { path: "b", flag: "1", target: "a" },
    ),
    await rawLayer({ path: "a", body: "newer", mode: 0o600 }),
  ];
  const tree = await readImageTree({ layers });
  assert.equal(await textOf(tree.open("a")), "newer");
  assert.equal(await textOf(tree.open("b")), "old");
  assert.equal(tree.find("b")?.mode, 0o644);
});

test("of two entries of one path the later one counts, and its content is read", async () => {
  const layer = await rawLayer(
    { path: "a", body: "first" },
    { path: "l", flag: "1", target: "a" },
    { path: "./a", body: "second" },
  );
  const tree = await readImageTree({ layers: [layer] });
  assert.equal(await textOf(tree.open("a")), "second");
  assert.equal(await textOf(tree.open("l")), "first");
});

test("below a link of its own layer things go where it leads, below one of another they replace it", async () => {
  const layers = [
    await rawLayer(
      { path: "usr/bin/sh", body: "sh" },
      { path: "bin", flag: "2", target: "usr/bin" },
      { path: "bin/own", body: "own" },
      { path: "hard", flag: "1", target: "bin/own" },
      { path: "lib", flag: "2", target: "usr/lib" },
    ),
    await rawLayer({ path: "lib/x" }, { path: "bin/.wh.sh" }),
  ];
  assert.deepEqual(listing(await readImageTree({ layers })), [
    "- / directory",
    "- /bin directory",
    "0 /hard 3",
    "- /lib directory",
    "1 /lib/x 0",
    "- /usr directory",
    "- /usr/bin directory",
    "0 /usr/bin/own 3",
    "0 /usr/bin/sh 2",
  ]);
});

test("links that lead in a circle end, and no link leads out of the image", async () => {
  const layer = await rawLayer(
    { path: "a", flag: "2", target: "b" },
    { path: "b", flag: "2", target: "/a" },
    { path: "etc/passwd", body: "root" },
    { path: "up", flag: "2", target: "../../../../etc/passwd" },
    { path: "dir/link", flag: "2", target: "../up" },
    { path: "dangling", flag: "2", target: "nothing" },
    { path: "a/below" },
  );
  const tree = await readImageTree({ layers: [layer] });
  // A layer that puts something below a circle gets a directory.
  assert.equal(tree.find("a")?.type, "directory");
  assert.equal(tree.resolve("/b/below")?.path, "a/below");
  assert.equal(tree.resolve("dir/link")?.path, "etc/passwd");
  assert.equal(tree.resolve("/dir/.././dir//link")?.path, "etc/passwd");
  assert.equal(tree.resolve("dangling"), undefined);
  assert.equal(tree.resolve("/")?.path, "");
  assert.equal(tree.resolve("..")?.path, "");
  const circle = await readImageTree({
    layers: [
      await rawLayer(
        { path: "a", flag: "2", target: "b" },
        { path: "b", flag: "2", target: "a" },
        { path: "self", flag: "2", target: "self/self" },
      ),
    ],
  });
  for (const path of ["a", "b/x", "self"]) {
    assert.equal(circle.resolve(path), undefined);
  }
});

test("what AUFS noted is not seen", async () => {
  const aufs = await rawLayer(
    { path: ".wh..wh.aufs" },
    { path: ".wh..wh.plnk", flag: "5" },
    { path: ".wh..wh.plnk/1.2" },
    { path: "a" },
  );
  assert.deepEqual(listing(await readImageTree({ layers: [aufs] })), [
    "- / directory",
    "0 /a 0",
  ]);
});

test("the root has the attributes that the last layer gives it, and is a directory", async () => {
  const layers = [
    await rawLayer({ path: "./", flag: "5", mode: 0o700 }, { path: "./a" }),
    await rawLayer({ path: ".", flag: "2", target: "/etc" }),
  ];
  const tree = await readImageTree({ layers });
  assert.equal(tree.find("")?.mode, 0o700);
  assert.deepEqual(listing(tree), ["0 / directory", "0 /a 0"]);
  const empty = await readImageTree({ layers: [] });
  assert.equal(empty.find("")?.mode, 0o755);
});

test("names that are no UTF-8 stay apart", async () => {
  const layer = await rawLayer({ path: "a?" }, { path: "a!" });
  const bytes = new Uint8Array(
    await new Response(layer.stream()).arrayBuffer(),
  );
  for (const [at, byte] of [[1, 0xe9], [513, 0xff]] as const) {
    const before = bytes[at] ?? 0;
    bytes[at] = byte;
    const start = at - 1;
    const sum = Number.parseInt(
      new TextDecoder().decode(bytes.subarray(start + 148, start + 154)),
      8,
    ) + byte - before;
    bytes.set(
      new TextEncoder().encode(sum.toString(8).padStart(6, "0")),
      start + 148,
    );
  }
  const tree = await readImageTree({ layers: [await layerOf(bytes)] });
  assert.deepEqual([...tree.walk()].map(({ path }) => path), [
    "",
    "a\\xe9",
    "a\\xff",
  ]);
});
