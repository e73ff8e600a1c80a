import assert from "node:assert/strict";
import { closeSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { type ByteSource, streamOf } from "../../src/bytes/byte_source.ts";
import { fileSpool } from "../../src/machine/file_spool.ts";
import { withTempDir } from "../support/temp_dir.ts";

const variable = process.platform === "win32" ? "TEMP" : "TMPDIR";

/** Lends an empty directory that temporary files go to. */
function withTmpdir(use: (path: string) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    const before = process.env[variable];
    process.env[variable] = dir;
    try {
      await use(dir);
    } finally {
      if (before === undefined) delete process.env[variable];
      else process.env[variable] = before;
    }
  });
}

const PARTS = [new Uint8Array(300_000).fill(1), new Uint8Array(5).fill(2)];

const read = async (source: { stream(): ReadableStream<Uint8Array> }) =>
  new Uint8Array(await new Response(source.stream()).arrayBuffer());

test("what went in comes out, as often as wanted, also at the same time", async () => {
  await withTmpdir(async () => {
    const bytes = await fileSpool(streamOf(PARTS));
    assert.equal(bytes.size, 300_005);
    const [a, b] = await Promise.all([read(bytes), read(bytes)]);
    assert.deepEqual(a, b);
    assert.deepEqual(a.subarray(299_999), new Uint8Array([1, 2, 2, 2, 2, 2]));
    await bytes[Symbol.asyncDispose]();
  });
});

test("what was disposed of is not read, also when its number is in use", async () => {
  await withTmpdir(async (dir) => {
    const bytes = await fileSpool(streamOf(PARTS));
    await bytes[Symbol.asyncDispose]();
    await bytes[Symbol.asyncDispose]();
    writeFileSync(join(dir, "other"), new Uint8Array(400_000));
    const other = openSync(join(dir, "other"), "r");
    try {
      await assert.rejects(read(bytes), {
        code: "LAYER",
        message: /disposed of/,
      });
    } finally {
      closeSync(other);
    }
  });
});

test("what has come so far can be read, while more comes and after that", async () => {
  await withTmpdir(async () => {
    const kept: ByteSource[] = [];
    const seen: number[] = [];
    const bytes = await fileSpool(
      streamOf((async function* () {
        yield PARTS[0] as Uint8Array;
        const [first] = kept;
        assert.ok(first);
        seen.push((await read(first)).byteLength);
        yield PARTS[1] as Uint8Array;
      })()),
      (source) => kept.push(source),
    );
    assert.deepEqual(seen, [300_000]);
    assert.deepEqual(kept.map(({ size }) => size), [300_000, 300_005]);
    const part = kept[1]?.slice?.(299_999, 300_001);
    assert.ok(part);
    assert.deepEqual(await read(part), new Uint8Array([1, 2]));
    await bytes[Symbol.asyncDispose]();
    await assert.rejects(read(part), /disposed of/);
  });
});

test("no file stays open, of what was disposed of or failed", {
  skip: process.platform !== "linux" && "needs /proc/self/fd, which Linux has",
}, async () => {
  await withTmpdir(async () => {
    const open = () => readdirSync("/proc/self/fd").length;
    const before = open();
    async function* broken() {
      yield PARTS[0]!;
      throw new Error("broken");
    }
    for (let time = 0; time < 20; time++) {
      const bytes = await fileSpool(streamOf(PARTS));
      await bytes[Symbol.asyncDispose]();
      await assert.rejects(fileSpool(streamOf(broken())));
    }
    assert.ok(open() < before + 10, `${open()} open, ${before} before`);
  });
});

test("the temporary file has no name while it is used", {
  skip: process.platform === "win32" && "there it may have one",
}, async () => {
  await withTmpdir(async (dir) => {
    const bytes = await fileSpool(streamOf(PARTS));
    assert.deepEqual(readdirSync(dir), []);
    await bytes[Symbol.asyncDispose]();
  });
});

test("the error of the stream is the error of the spool", async () => {
  await withTmpdir(async (dir) => {
    // A code as the system has them, but none of this file's errors.
    const fail = Object.assign(new Error("broken"), { code: "ENOENT" });
    async function* broken() {
      yield PARTS[0]!;
      throw fail;
    }
    await assert.rejects(fileSpool(streamOf(broken())), fail);
    assert.deepEqual(readdirSync(dir), []);
  });
});

test("a temporary directory that is missing is named, with what to do", async () => {
  await withTmpdir(async (dir) => {
    process.env[variable] = join(dir, "missing");
    await assert.rejects(fileSpool(streamOf(PARTS)), {
      code: "LAYER",
      message: /Cannot keep a layer in .*missing: .*set TMPDIR/,
    });
  });
});
