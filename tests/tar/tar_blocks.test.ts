import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { unpackTar } from "modern-tar";
import { bytesSource, iterateStream } from "../../src/bytes/byte_source.ts";
import { concat } from "../../src/bytes/concat.ts";
import { digestOf } from "../../src/bytes/sha256.ts";
import { arrangeEntries } from "../../src/tar/arrange.ts";
import type { Entry, FileEntry } from "../../src/tar/entry.ts";
import { BLOCK_SIZE, tarBlocks } from "../../src/tar/tar_blocks.ts";

async function pack(entries: Entry[]): Promise<Uint8Array[]> {
  const blocks: Uint8Array[] = [];
  const arranged = await arrangeEntries(entries);
  for await (const block of iterateStream(tarBlocks(arranged))) {
    blocks.push(block);
  }
  return blocks;
}

const file = (path: string, size: number): FileEntry => ({
  type: "file",
  path,
  body: bytesSource(new Uint8Array(size).fill(7)),
});

const LONG = "n".repeat(101);
const DEEP = Array(12).fill("directory").concat("☃ ü u\u0308").join("/");

test("a tar of everything is read back by another reader", async () => {
  const entries: Entry[] = [
    { ...file("bin/tool", 1000), mode: 0o4755, uid: 3_000_000, gid: 5 },
    { type: "directory", path: "tmp", mode: 0o1777 },
    { type: "symlink", path: "link", target: LONG },
    { type: "hardlink", path: "bin/twin", target: "bin/tool" },
    { ...file(DEEP, 0), mtime: 2 ** 34 },
    file(LONG, 513),
  ];
  const tar = concat(await pack(entries));
  const read = await unpackTar(tar, { strict: true });
  const seen = new Map(
    read.map(({ header, data }) => [header.name, { ...header, data }]),
  );
  assert.equal(seen.get("bin/tool")?.mode, 0o4755);
  assert.equal(seen.get("bin/tool")?.uid, 3_000_000);
  assert.equal(seen.get("bin/tool")?.data?.length, 1000);
  assert.equal(seen.get("tmp/")?.mode, 0o1777);
  assert.equal(seen.get("link")?.linkname, LONG);
  assert.equal(seen.get("bin/twin")?.type, "link");
  assert.equal(seen.get("bin/twin")?.mode, 0o4755);
  assert.equal(seen.get(DEEP)?.mtime?.getTime(), 2 ** 34 * 1000);
  assert.equal(seen.get(LONG)?.size, 513);
});

test("names, modes, owners and contents survive another reader", async () => {
  const name = fc.string({ minLength: 1, maxLength: 130, unit: "grapheme" })
    .filter((text) => !/[/\0]|^\.{1,2}$/.test(text) && text.isWellFormed());
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc.tuple(
          name,
          fc.uint8Array({ maxLength: 1100 }),
          fc.integer({ min: 0, max: 0o7777 }),
          fc.integer({ min: 0, max: 0x7fffffff }),
        ),
        { selector: ([name]) => name },
      ),
      async (files) => {
        const blocks = await pack(files.map(([path, bytes, mode, uid]) => ({
          type: "file",
          path,
          body: bytesSource(bytes),
          mode,
          uid,
        })));
        const read = await unpackTar(concat(blocks), { strict: true });
        const seen = new Map(
          read.map(({ header, data }) => [header.name, {
            mode: header.mode,
            uid: header.uid,
            data: data ?? new Uint8Array(),
          }]),
        );
        assert.equal(seen.size, files.length);
        for (const [path, data, mode, uid] of files) {
          assert.deepEqual(seen.get(path), { mode, uid, data });
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("a tar without entries is two records of zeros", async () => {
  const blocks = await pack([]);
  assert.deepEqual(blocks, [new Uint8Array(1024)]);
});

test("entries share a block while they fit, header and padding counted", async () => {
  const half = BLOCK_SIZE / 2 - 512;
  const sizes = async (...entries: Entry[]) =>
    (await pack(entries)).map(({ length }) => length);
  assert.deepEqual(await sizes(file("a", half), file("b", half)), [
    BLOCK_SIZE + 1024,
  ]);
  assert.deepEqual(await sizes(file("a", half), file("b", half + 1)), [
    BLOCK_SIZE / 2,
    BLOCK_SIZE / 2 + 512 + 1024,
  ]);
});

test("a large entry has blocks of its own", async () => {
  const blocks = await pack([
    file("a", 10),
    file("b", 2 * BLOCK_SIZE),
    file("c", 10),
  ]);
  assert.deepEqual(blocks.map(({ length }) => length), [
    1024,
    BLOCK_SIZE,
    BLOCK_SIZE,
    512,
    1024 + 1024,
  ]);
});

test("a large entry that fills its last block does not start another", async () => {
  const blocks = await pack([file("a", 2 * BLOCK_SIZE - 512)]);
  assert.deepEqual(blocks.map(({ length }) => length), [
    BLOCK_SIZE,
    BLOCK_SIZE + 1024,
  ]);
});

test("a file over 8 GiB has its size in a pax record", async () => {
  const size = 9 * 2 ** 30;
  const [entry] = await arrangeEntries([{
    type: "file",
    path: "huge",
    body: { size, stream: () => new Blob().stream() },
  }]);
  const reader = tarBlocks([entry!]).getReader();
  await assert.rejects(reader.read(), /shorter than the 9663676416 bytes/);
  const { tarHeader } = await import("../../src/tar/header.ts");
  const header = tarHeader(entry!);
  assert.equal(header.length, 3 * 512);
  const text = new TextDecoder().decode(header);
  assert.ok(text.includes("19 size=9663676416\n"));
});

for (
  const [name, body, why] of [
    [
      "shorter than announced",
      { size: 5, stream: () => new Blob(["abc"]).stream() },
      /Cannot pack f: its content is shorter than the 5 bytes/,
    ],
    [
      "longer than announced",
      { size: 2, stream: () => new Blob(["abc"]).stream() },
      /Cannot pack f: its content is longer than the 2 bytes/,
    ],
    [
      "broken",
      {
        size: 2,
        stream: () => {
          throw new Error("gone");
        },
      },
      /Cannot pack f: its content cannot be read: gone/,
    ],
  ] as const
) {
  test(`content that is ${name} ends the tar with an error`, async () => {
    await assert.rejects(pack([{ type: "file", path: "f", body }]), {
      name: "LayerError",
      path: "f",
      message: why,
    });
  });
}

for (const target of ["", "a\0b", "a\ud800"]) {
  test(`refused as the target of a link: ${JSON.stringify(target)}`, async () => {
    await assert.rejects(pack([{ type: "symlink", path: "l", target }]), {
      name: "LayerError",
      path: "l",
    });
  });
}

for (
  const attributes of [
    { mode: 0o10000 },
    { mode: -1 },
    { uid: 2 ** 31 },
    { gid: 1.5 },
    { mtime: 0.5 },
  ]
) {
  test(`refused attributes: ${JSON.stringify(attributes)}`, async () => {
    await assert.rejects(pack([{ ...file("f", 0), ...attributes }]), {
      name: "LayerError",
    });
  });
}

test("golden: the bytes of a tar do not change", async () => {
  const blocks = await pack([
    { ...file("bin/tool", 1000), mode: 0o4755, uid: 3_000_000 },
    { type: "symlink", path: "link", target: LONG },
    { type: "hardlink", path: "bin/twin", target: "bin/tool" },
    { ...file(DEEP, 3), mtime: -1 },
    file("big", BLOCK_SIZE),
  ]);
  assert.equal(
    await digestOf(concat(blocks)),
    "sha256:5fb9eae5d46e56debbe53615adc81d95947a203821fa8fc95697d4a797206f3f",
  );
});
