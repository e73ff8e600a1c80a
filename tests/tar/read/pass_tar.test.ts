import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { passTar } from "../../../src/tar/read/pass_tar.ts";
import type { TarEntry } from "../../../src/tar/read/tar_entry.ts";
import { TarError } from "../../../src/tar/read/tar_error.ts";
import { paxRecords, rawEntry, rawHeader, rawTar } from "./raw_tar.ts";

const MIB = 1 << 20;

/** Chunks that know how many of them were asked for, and whether they ended. */
function source(chunks: Iterable<Uint8Array>) {
  const state = { asked: 0, isClosed: false };
  async function* all() {
    try {
      for (const chunk of chunks) {
        state.asked++;
        yield chunk;
      }
    } finally {
      state.isClosed = true;
    }
  }
  return { chunks: all(), state };
}

/** A tar with a large file between two small ones, in chunks of 1 MiB. */
function* large(mebibytes: number): Generator<Uint8Array> {
  yield rawEntry({ name: "before" }, "text");
  yield rawHeader({ name: "large", size: mebibytes * MIB });
  for (let turn = 0; turn < mebibytes; turn++) yield new Uint8Array(MIB);
  yield rawEntry({ name: "after" }, "text");
  yield new Uint8Array(1024);
}

async function readFirst({ body }: TarEntry): Promise<void> {
  for await (const _ of body) return;
}

async function readAll({ body }: TarEntry): Promise<void> {
  for await (const _ of body);
}

for (
  const [what, onEntry] of [
    ["nothing", () => {}],
    ["a part", readFirst],
    ["all", readAll],
  ] as const
) {
  test(`a chunk is held at a time where ${what} is read of the content`, async () => {
    const { chunks, state } = source(large(40));
    const names: string[] = [];
    let passed = 0;
    const tar = passTar(chunks, async (entry) => {
      names.push(entry.path);
      await onEntry(entry);
    });
    for await (const _ of tar) assert.equal(state.asked, ++passed);
    assert.equal(passed, 44);
    assert.deepEqual(names, ["before", "large", "after"]);
    assert.equal(state.isClosed, true);
  });
}

test("a sparse file that claims to be huge holds nothing up", async () => {
  const huge = rawTar(
    rawEntry(
      { type: "x" },
      paxRecords({
        "GNU.sparse.map": "0,4",
        "GNU.sparse.numblocks": "1",
        "GNU.sparse.size": String(2 ** 50),
      }),
    ),
    rawEntry({ name: "huge" }, "text"),
  );
  const sizes: number[] = [];
  const { chunks } = source(huge);
  const tar = passTar(chunks, async (entry) => {
    sizes.push(entry.size);
    await readFirst(entry);
  });
  let passed = 0;
  for await (const _ of tar) passed++;
  assert.equal(passed, huge.length);
  assert.deepEqual(sizes, [2 ** 50]);
});

test("chunks may be used otherwise as soon as they are passed on", async () => {
  const tar = rawTar(
    rawEntry({ type: "L" }, `${"n".repeat(300)}\0`),
    rawEntry({ type: "x" }, paxRecords({ "SCHILY.xattr.user.a": "value" })),
    rawEntry({ name: "short" }, "text"),
  );
  const read: [string, string | undefined][] = [];
  const passing = passTar(
    // Cut so that each header is in chunks of its own.
    source(tar.flatMap((part) => [part.slice(0, 300), part.slice(300)])).chunks,
    ({ path, xattrs }) => {
      read.push([path, new TextDecoder().decode(xattrs["user.a"])]);
    },
  );
  for await (const chunk of passing) chunk.fill(0xff);
  assert.deepEqual(read, [["n".repeat(300), "value"]]);
});

test("leaving early ends the reading of both", async () => {
  const { chunks, state } = source(large(10));
  let failure: unknown;
  const tar = passTar(chunks, async (entry) => {
    try {
      await readAll(entry);
    } catch (error) {
      failure = error;
      throw error;
    }
  });
  let count = 0;
  for await (const _ of tar) if (++count === 4) break;
  assert.equal(state.isClosed, true);
  assert.equal(state.asked, 4);
  // It does not look as if the tar were malformed.
  assert.ok(failure instanceof Error && !(failure instanceof TarError));
});

test("a tar that nobody reads is left alone", async () => {
  const { chunks, state } = source(large(1));
  await passTar(chunks, () => assert.fail("an entry was read")).return();
  assert.equal(state.asked, 0);
});

test("what is told of an entry throws, surfaces once, and ends it all", async () => {
  for (const isAsync of [false, true]) {
    const { chunks, state } = source(large(10));
    const tar = passTar(chunks, ({ path }) => {
      if (path !== "large") return;
      const error = new RangeError("not this one");
      if (!isAsync) throw error;
      return Promise.reject(error);
    });
    let passed = 0;
    await assert.rejects(async () => {
      for await (const _ of tar) passed++;
    }, RangeError);
    // The chunk with the entry that is refused is not passed on.
    assert.equal(passed, 1);
    assert.equal(state.isClosed, true);
  }
});

test("an error of the chunks surfaces, also in the middle of content", async () => {
  async function* broken() {
    yield rawHeader({ size: 5000 });
    yield new Uint8Array(1000);
    throw new RangeError("the disk is gone");
  }
  let passed = 0;
  await assert.rejects(async () => {
    for await (const _ of passTar(broken(), readAll)) passed++;
  }, RangeError);
  assert.equal(passed, 2);
});

test("a tar that is cut off is refused at its end", async () => {
  const { chunks, state } = source([rawHeader({ size: 5000 })]);
  await assert.rejects(async () => {
    for await (const _ of passTar(chunks, readAll));
  }, { code: "TAR", message: /it is cut off \(at byte 512\)/ });
  assert.equal(state.isClosed, true);
});

test("property: every byte passes, in the chunks that there were", async () => {
  const tar = Uint8Array.from([
    ...rawTar(
      rawEntry({ name: "a" }, "x".repeat(700)),
      rawEntry({ name: "b", type: "5" }),
      rawEntry({ name: "c" }, "y".repeat(512)),
    ).flatMap((part) => [...part]),
    // What follows the end is no part of the tar, and passes all the same.
    ...new Uint8Array(777).fill(7),
  ]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 1500 }), { minLength: 1 }),
      fc.array(fc.constantFrom(readFirst, readAll, () => {})),
      async (sizes, onEntries) => {
        const cut: Uint8Array[] = [];
        let start = 0;
        for (const size of [...sizes, tar.length]) {
          cut.push(tar.subarray(start, start + size));
          start += size;
        }
        const names: string[] = [];
        const onEntry = async (entry: TarEntry) => {
          await onEntries[names.push(entry.path) - 1]?.(entry);
        };
        const passed: Uint8Array[] = [];
        const { chunks } = source(cut);
        for await (const chunk of passTar(chunks, onEntry)) passed.push(chunk);
        assert.equal(passed.length, cut.length);
        passed.forEach((chunk, index) => assert.equal(chunk, cut[index]));
        assert.deepEqual(names, ["a", "b", "c"]);
      },
    ),
    { numRuns: 100 },
  );
});
