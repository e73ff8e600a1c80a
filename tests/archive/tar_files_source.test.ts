import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { TarFiles } from "../../src/archive/tar_files.ts";
import {
  type ByteSource,
  bytesSource,
  chunksOf,
} from "../../src/bytes/byte_source.ts";
import { concat } from "../../src/bytes/concat.ts";
import { type RawEntry, rawTar } from "./read_samples.ts";

const name = "image.tar";

/** The text of a file of a tar. */
async function textOf(files: TarFiles, path: string) {
  const file = await files.open(path);
  if (!file) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(file)) chunks.push(chunk.slice());
  const bytes = concat(chunks);
  assert.equal(file.size, bytes.byteLength);
  return new TextDecoder().decode(bytes);
}

/** A source that tells which of its bytes were read. */
function watched(bytes: Uint8Array) {
  const watch = { read: 0, opened: 0 };
  const part = (start: number, end: number): ByteSource => ({
    size: end - start,
    stream: () => assert.fail("it has chunks"),
    *chunks() {
      watch.opened++;
      for (let at = start; at < end; at += 1 << 12) {
        const chunk = bytes.subarray(at, Math.min(at + (1 << 12), end));
        watch.read += chunk.byteLength;
        yield chunk;
      }
    },
    slice: (from, to) => part(start + from, start + to),
  });
  return { watch, source: part(0, bytes.byteLength) };
}

const tar = (...entries: RawEntry[]) =>
  new TarFiles(bytesSource(rawTar(entries)), { name });

const refusal = (why: RegExp) => ({ code: "ARCHIVE", message: why });

test("files of a tar are found by their paths, with ./ before them or not", async () => {
  const files = tar(
    { name: "./", type: "5" },
    { name: "./a", content: "one" },
    { name: "b/c", content: "two" },
    { name: "b//./d", content: "three" },
    { name: "empty" },
  );
  assert.equal(await textOf(files, "a"), "one");
  assert.equal(await textOf(files, "b/c"), "two");
  assert.equal(await textOf(files, "b/d"), "three");
  assert.equal(await textOf(files, "empty"), "");
  assert.equal(await textOf(files, "b"), undefined);
  assert.equal(await textOf(files, "toString"), undefined);
  assert.deepEqual(await files.paths(), ["a", "b/c", "b/d", "empty"]);
});

test("of a tar that can be opened in the middle, content is not read to find files", async () => {
  const big = new Uint8Array(4 << 20).fill(7);
  const { watch, source } = watched(rawTar([
    { name: "a", content: big },
    { name: "b", content: big },
    { name: "c", content: "here" },
  ]));
  const files = new TarFiles(source, { name });
  assert.equal(await textOf(files, "c"), "here");
  assert.ok(watch.read < 1 << 16, `${watch.read} bytes were read`);
  const part = (await files.open("b"))?.slice?.(1, 3);
  assert.ok(part);
  assert.deepEqual(await Array.fromAsync(chunksOf(part)), [
    new Uint8Array([7, 7]),
  ]);
});

test("a tar is asked for once, and not before a file is", async () => {
  let asked = 0;
  const files = new TarFiles(() => {
    asked++;
    return Promise.resolve(bytesSource(rawTar([{ name: "a" }])));
  }, { name });
  assert.equal(asked, 0);
  await Promise.all([files.open("a"), files.open("b"), files.paths()]);
  assert.equal(asked, 1);
});

test("a tar can be a Blob", async () => {
  const blob = new Blob([rawTar([{ name: "a", content: "one" }])]);
  assert.equal(await textOf(new TarFiles(blob, { name }), "a"), "one");
});

test("a compressed tar is read through for each file", async () => {
  const bytes = new Uint8Array(gzipSync(rawTar([
    { name: "a", content: "one" },
    { name: "b", content: new Uint8Array(1 << 20) },
    { name: "c", content: "three" },
  ])));
  const { watch, source } = watched(bytes);
  const files = new TarFiles(source, { name });
  assert.equal(await textOf(files, "c"), "three");
  assert.equal(await textOf(files, "a"), "one");
  assert.equal(await textOf(files, "d"), undefined);
  assert.equal((await files.open("b"))?.size, 1 << 20);
  assert.ok(watch.opened >= 3, "nothing was stored");
});

test("links are followed within the tar", async () => {
  const files = tar(
    { name: "x/a", content: "one" },
    { name: "y/b", type: "2", target: "../x/a" },
    { name: "z", type: "1", target: "y/b" },
    { name: "w", type: "2", target: "./x/./a" },
    { name: "gone", type: "2", target: "nowhere" },
  );
  assert.equal(await textOf(files, "y/b"), "one");
  assert.equal(await textOf(files, "z"), "one");
  assert.equal(await textOf(files, "w"), "one");
  assert.equal(await textOf(files, "gone"), undefined);
});

test("links that lead in a circle come to an end", async () => {
  const files = tar(
    { name: "a", type: "2", target: "b" },
    { name: "b", type: "2", target: "a" },
    { name: "c", type: "2", target: "c" },
  );
  await assert.rejects(files.open("a"), refusal(/"?a"? lead in a circle/));
  await assert.rejects(files.open("c"), refusal(/lead in a circle/));
});

for (
  const [what, entry] of [
    ["an absolute symbolic link", { type: "2", target: "/etc/passwd" }],
    ["a symbolic link upwards", { type: "2", target: "../../etc/passwd" }],
    ["an absolute hard link", { type: "1", target: "/etc/passwd" }],
    ["a hard link upwards", { type: "1", target: "../etc/passwd" }],
  ] as const
) {
  test(`out of a tar leads no ${what}`, async () => {
    const files = tar({ name: "d/a", ...entry });
    await assert.rejects(
      files.open("d/a"),
      refusal(/is a link that leads out of it/),
    );
  });
}

for (const path of ["../a", "/a", "a/../../b", "a/.."]) {
  test(`a tar with the path ${path} is refused`, async () => {
    await assert.rejects(
      tar({ name: "good" }, { name: path }).open("good"),
      refusal(/^Cannot read image\.tar: the path of its entry .* leads out/),
    );
  });
}

test("what a tar has twice cannot be opened", async () => {
  const files = tar(
    { name: "a", content: "one" },
    { name: "./a", content: "two" },
    { name: "b", content: "three" },
  );
  await assert.rejects(files.open("a"), refusal(/its a is there twice/));
  assert.equal(await textOf(files, "b"), "three");
});

test("what is no file cannot be opened", async () => {
  const files = tar({ name: "a", type: "6" }, { name: "b", type: "3" });
  await assert.rejects(files.open("a"), refusal(/its a is no file/));
  await assert.rejects(files.open("b"), refusal(/its b is no file/));
});

for (
  const [what, bytes, why] of [
    ["that is empty", new Uint8Array(), undefined],
    ["that is something else", new Uint8Array(2000).fill(65), /at byte 0/],
    ["that is too short", new Uint8Array(100), /it is no tar/],
    [
      "that is cut off in a file",
      rawTar([{ name: "a", content: "one", size: 5000 }]),
      /it is cut off/,
    ],
    [
      "that is cut off in a big file",
      rawTar([{ name: "a", content: "one", size: 1 << 30 }]),
      /it is cut off/,
    ],
    [
      "with gzip that is cut off",
      new Uint8Array(gzipSync(rawTar([{ name: "a" }]))).subarray(0, 40),
      /the gzip data is damaged or cut off/,
    ],
  ] as const
) {
  test(`a tar ${what}`, async () => {
    const files = new TarFiles(bytesSource(bytes), { name });
    if (!why) return assert.equal(await files.open("a"), undefined);
    await assert.rejects(
      files.open("a"),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "ARCHIVE");
        assert.match(error.message, /^Cannot read image\.tar: /);
        assert.match(error.message, why);
        return true;
      },
    );
  });
}

test("gzip that is cut off behind the headers shows when the file is read", async () => {
  const content = Array.from({ length: 20_000 }, (_, at) => at).join();
  let bytes = new Uint8Array(gzipSync(rawTar([{ name: "a", content }])));
  const source: ByteSource = {
    size: bytes.byteLength,
    stream: () => assert.fail("it has chunks"),
    chunks: () => [bytes],
  };
  const file = await new TarFiles(source, { name }).open("a");
  assert.ok(file);
  bytes = bytes.slice(0, 1 << 14);
  await assert.rejects(
    Array.fromAsync(chunksOf(file)),
    refusal(/^Cannot read image\.tar: the gzip data is damaged or cut off/),
  );
});

test("a tar of nothing but names does not fill the memory", async () => {
  const entry = rawTar([
    { name: "long", type: "L", content: "a".repeat(1 << 20) },
    { name: "a", type: "5" },
  ]).subarray(0, -1024);
  let read = 0;
  const source: ByteSource = {
    size: entry.byteLength * 1000,
    stream: () => assert.fail("it has chunks"),
    *chunks() {
      for (let count = 0; count < 1000; count++) {
        read++;
        yield entry;
      }
    },
  };
  await assert.rejects(
    new TarFiles(source, { name }).open("a"),
    refusal(/it has more entries than archives of images have/),
  );
  assert.ok(read < 20, `${read} MB were read`);
});

test("files of tars are what was put there, compressed or not", async () => {
  const file = fc.tuple(
    fc.stringMatching(/^[a-z]{1,8}(?:\/[a-z]{1,8}){0,3}$/),
    fc.uint8Array({ maxLength: 3000 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(file, { selector: ([path]) => path, maxLength: 6 }),
      fc.boolean(),
      async (list, isCompressed) => {
        const plain = rawTar(
          list.map(([name, content]) => ({ name, content })),
        );
        const bytes = isCompressed ? new Uint8Array(gzipSync(plain)) : plain;
        const files = new TarFiles(bytesSource(bytes), { name });
        for (const [path, content] of list) {
          const file = await files.open(path);
          assert.ok(file);
          const chunks = await Array.fromAsync(chunksOf(file));
          assert.deepEqual(new Uint8Array(concat(chunks)), content);
        }
        assert.deepEqual(await files.paths(), list.map(([path]) => path));
      },
    ),
    { numRuns: 60 },
  );
});

test("a tar with any byte changed is read, or refused with a reason", async () => {
  const good = rawTar([
    { name: "a", content: "one" },
    { name: "b", type: "2", target: "a" },
  ]);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(good.byteLength - 1),
      fc.nat(255),
      async (at, value) => {
        const bytes = good.slice();
        bytes[at] = value;
        try {
          await textOf(new TarFiles(bytesSource(bytes), { name }), "b");
        } catch (error) {
          assert.equal((error as { code?: string }).code, "ARCHIVE");
        }
      },
    ),
    { numRuns: 300 },
  );
});
