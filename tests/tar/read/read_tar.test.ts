import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { arrangeEntries } from "../../../src/tar/arrange.ts";
import { iterateStream } from "../../../src/bytes/byte_source.ts";
import { passTar } from "../../../src/tar/read/pass_tar.ts";
import { readTar } from "../../../src/tar/read/read_tar.ts";
import type { TarEntry } from "../../../src/tar/read/tar_entry.ts";
import { TarError } from "../../../src/tar/read/tar_error.ts";
import { tarBlocks } from "../../../src/tar/tar_blocks.ts";
import { corpusFile, skipWithoutCorpora } from "../../support/corpora.ts";

/** A tar with an entry of every type. */
async function sample(): Promise<Uint8Array<ArrayBuffer>> {
  const arranged = await arrangeEntries([
    { type: "directory", path: "d", mode: 0o1777 },
    {
      type: "file",
      path: "d/file",
      body: "content\n",
      mode: 0o4755,
      mtime: -2,
      mtimeNanoseconds: 250_000_000,
      xattrs: { "user.binary": new Uint8Array([0, 255, 10, 61]) },
    },
    { type: "file", path: `long/${"x".repeat(300)}`, body: "", uid: 3_000_000 },
    { type: "hardlink", path: "z", target: "d/file" },
    { type: "symlink", path: "link", target: "☃".repeat(60) },
    { type: "character-device", path: "null", major: 1, minor: 3 },
    { type: "block-device", path: "disk", major: 8, minor: 16 },
    { type: "fifo", path: "pipe" },
  ]);
  const chunks = [];
  for await (const chunk of iterateStream(tarBlocks(arranged))) {
    chunks.push(chunk as Uint8Array<ArrayBuffer>);
  }
  return await new Blob(chunks).bytes();
}

/** All that a tar says, with digests in place of the content. */
async function contentOf(
  tar: Iterable<Uint8Array>,
): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const { body, ...header } of readTar(tar)) {
    const hash = createHash("sha256");
    for await (const chunk of body) hash.update(chunk);
    all.push({
      ...header,
      xattrs: { ...header.xattrs },
      hash: hash.digest("hex"),
    });
  }
  return all;
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (let turn = 0; start < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    chunks.push(bytes.subarray(start, start + size));
    start += size;
  }
  return chunks;
}

test("what is written is read as it was", async () => {
  const entries: TarEntry[] = [];
  for await (const entry of readTar([await sample()])) entries.push(entry);
  assert.deepEqual(
    entries.map((
      { type, path, mode, size },
    ) => [type, path.length > 99 ? "long" : path, mode, size]),
    [
      ["directory", "d/", 0o1777, 0],
      ["file", "d/file", 0o4755, 8],
      ["block-device", "disk", 0o644, 0],
      ["symlink", "link", 0o777, 0],
      ["directory", "long/", 0o755, 0],
      ["file", "long", 0o644, 0],
      ["character-device", "null", 0o644, 0],
      ["fifo", "pipe", 0o644, 0],
      ["hardlink", "z", 0o4755, 0],
    ],
  );
  const [, file, disk, link, , long, device, , hard] = entries;
  assert.deepEqual([file?.mtime, file?.mtimeNanoseconds], [-2, 250_000_000]);
  assert.deepEqual({ ...file?.xattrs }, {
    "user.binary": new Uint8Array([0, 255, 10, 61]),
  });
  assert.deepEqual([disk?.major, disk?.minor], [8, 16]);
  assert.deepEqual([device?.major, device?.minor], [1, 3]);
  assert.equal(link?.target, "☃".repeat(60));
  assert.equal(long?.uid, 3_000_000);
  assert.equal(hard?.target, "d/file");
});

test("property: the cuts between chunks do not matter", async () => {
  const tar = await sample();
  const whole = await contentOf([tar]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }),
      async (sizes) => {
        assert.deepEqual(await contentOf(cut(tar, sizes)), whole);
      },
    ),
    { numRuns: 50 },
  );
});

test("content may be left unread, in part or whole", async () => {
  const paths: string[] = [];
  let turn = 0;
  for await (const { path, body } of readTar(cut(await sample(), [100]))) {
    paths.push(path);
    if (turn++ % 2 === 0) { for await (const _ of body) break; }
  }
  assert.equal(paths.length, 9);
});

test("content that is read too late is refused", async () => {
  let late: AsyncIterable<Uint8Array> | undefined;
  for await (const { path, body } of readTar([await sample()])) {
    if (path === "d/file") late = body;
  }
  await assert.rejects(async () => {
    for await (const _ of late ?? []) assert.fail("it was read");
  }, TypeError);
});

test("leaving early ends the reading of the tar", async () => {
  let isClosed = false;
  async function* chunks() {
    try {
      yield await sample();
      assert.fail("more was asked for");
    } finally {
      isClosed = true;
    }
  }
  for await (const _ of readTar(chunks())) break;
  assert.equal(isClosed, true);
});

test("property: nothing but a TarError comes of damage", async () => {
  const tar = await sample();
  const change = fc.oneof(
    fc.record({
      at: fc.nat(tar.length - 1),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    }),
    fc.record({ length: fc.nat(tar.length) }),
    fc.record({ from: fc.nat(20), to: fc.nat(20) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 4 }), async (changes) => {
      let damaged = tar.slice();
      for (const one of changes) {
        if ("at" in one) {
          const room = Math.max(0, damaged.length - one.at);
          damaged.set(
            one.bytes.subarray(0, room),
            Math.min(one.at, damaged.length),
          );
        } else if ("length" in one) {
          damaged = damaged.slice(0, one.length);
        } else {
          const record = damaged.slice(one.from * 512, one.from * 512 + 512);
          if (one.to * 512 + record.length <= damaged.length) {
            damaged.set(record, one.to * 512);
          }
        }
      }
      await survives(damaged);
    }),
    { numRuns: 1000 },
  );
});

/** Reads what may be no tar; a header has 512 bytes, so there is an end. */
async function survives(bytes: Uint8Array): Promise<void> {
  let count = 0;
  try {
    for await (const { size, body } of readTar(cut(bytes, [700]))) {
      assert.ok(++count <= bytes.length / 512);
      // A sparse file may claim to be of any size.
      if (size > 1 << 24) continue;
      for await (const _ of body);
    }
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    assert.ok(error.offset <= bytes.length);
  }
}

test("property: nothing but a TarError comes of damaged files of the corpora", {
  skip: skipWithoutCorpora,
}, async () => {
  const files = ["go-archive-tar/testdata", "libarchive", "tar-rs"]
    .flatMap((directory) =>
      readdirSync(corpusFile(directory)).map((name) => join(directory, name))
    )
    .map(corpusFile)
    .filter((path) => path.endsWith(".tar") && statSync(path).size < 100_000)
    .map((path) => readFileSync(path));
  assert.ok(files.length > 60);
  const headers = fc.record({
    file: fc.constantFrom(...files),
    flips: fc.array(
      fc.record({ at: fc.nat(3000), byte: fc.nat(255), repair: fc.boolean() }),
      { maxLength: 6 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(headers, async ({ file, flips }) => {
      const bytes = new Uint8Array(file);
      for (const { at, byte, repair } of flips) {
        bytes[at % bytes.length] = byte;
        // With a right sum, the damage gets past the first check.
        if (repair) writeSum(bytes, at % bytes.length);
      }
      await survives(bytes);
    }),
    { numRuns: 1000 },
  );
});

function writeSum(bytes: Uint8Array, at: number): void {
  const block = bytes.subarray(at - at % 512, at - at % 512 + 512);
  if (block.length < 512) return;
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.set(new TextEncoder().encode(sum.toString(8).padStart(6, "0")), 148);
  block[154] = 0;
}

for (
  const [what, bytes, why] of [
    ["no tar", new Uint8Array(100).fill(65), /it is no tar/],
    [
      "a text",
      new Uint8Array(2000).fill(65),
      /there is no valid header \(at byte 0\)/,
    ],
    ["zeros between entries", new Uint8Array(1024).fill(1, 512), /zeros/],
  ] as const
) {
  test(`refused: ${what}`, async () => {
    await assert.rejects(contentOf([bytes]), { code: "TAR", message: why });
  });
}

test("refused: other kinds of archives, by what they are", async () => {
  const after = new Uint8Array(1024).fill(7);
  for (
    const [start, why] of [
      ["fd377a585a00", /compressed with xz; decompress it first/],
      ["425a6839", /compressed with bzip2/],
      ["4c5a4950", /compressed with lzip/],
      ["04224d18", /compressed with lz4/],
      ["504b0304", /it is a zip file; unpack it/],
    ] as const
  ) {
    const bytes = Buffer.concat([Buffer.from(start, "hex"), after]);
    await assert.rejects(readTar([bytes]).next(), {
      name: "TarError",
      message: why,
    });
  }
});

test("refused: a tar that is cut off", async () => {
  const tar = await sample();
  for (const length of [1500, 1600, 2050]) {
    await assert.rejects(contentOf([tar.subarray(0, length)]), {
      code: "TAR",
      message: /it is cut off/,
    }, String(length));
  }
});

test("headers without an entry do not pile up", async () => {
  const tar = await sample();
  // The pax header of `d/file`, over and over again.
  const header = tar.subarray(512, 1536);
  async function* endless() {
    for (let turn = 0; turn < 100_000; turn++) yield header;
  }
  let count = 0;
  await assert.rejects(async () => {
    for await (const _ of readTar(endless())) count++;
  }, { code: "TAR", message: /hold more than any entry needs/ });
  assert.equal(count, 0);
});

async function* oneByOne<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

test("a tar that passes is not changed, and is read on the way", async () => {
  const tar = await sample();
  const trailed = new Uint8Array(tar.length + 5000);
  trailed.set(tar);
  trailed.fill(7, tar.length);
  for (const size of [100, 512, 4096, trailed.length]) {
    const passed: Uint8Array<ArrayBuffer>[] = [];
    const paths: string[] = [];
    const onEntry = async ({ path, body }: TarEntry) => {
      paths.push(path);
      if (path === "d/file") { for await (const _ of body) break; }
    };
    for await (
      const chunk of passTar(oneByOne(cut(trailed, [size])), onEntry)
    ) {
      passed.push(chunk as Uint8Array<ArrayBuffer>);
    }
    assert.deepEqual(await new Blob(passed).bytes(), trailed);
    assert.equal(paths.length, 9);
  }
});

test("a malformed tar that passes is refused, and closed", async () => {
  let isClosed = false;
  async function* chunks() {
    try {
      yield new Uint8Array(600).fill(65);
    } finally {
      isClosed = true;
    }
  }
  await assert.rejects(async () => {
    for await (const _ of passTar(chunks(), () => {})) { /* nothing */ }
  }, TarError);
  assert.equal(isClosed, true);
});
