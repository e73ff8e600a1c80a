import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { iterateStream, streamOf } from "../../src/bytes/byte_source.ts";
import { digestOf } from "../../src/bytes/sha256.ts";
import {
  compress,
  type Compression,
  type CompressOptions,
} from "../../src/compression/compress.ts";
import { hasZstd } from "../../src/compression/zstd_block.ts";
import { skipWithout } from "../support/peers.ts";
import { run } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** Three blocks of text that compresses, the same on every run. */
function blocks(): Uint8Array[] {
  let state = 1;
  const next = () => (state = state * 48271 % 0x7fffffff);
  return [300_000, 1 << 20, 17].map((size) =>
    Uint8Array.from({ length: size }, () => 97 + (next() >> 8) % 12)
  );
}

async function collect(options?: CompressOptions) {
  const chunks: Uint8Array[] = [];
  const stream = compress(streamOf(blocks()), options);
  for await (const chunk of iterateStream(stream)) chunks.push(chunk);
  return chunks;
}

const whole = () => Buffer.concat(blocks());

for (const compression of ["gzip", "gzip:stream"] as Compression[]) {
  test(`${compression} is gzip of the blocks`, async () => {
    const bytes = Buffer.concat(await collect({ compression }));
    assert.ok(bytes.length < whole().length / 1.5);
    assert.ok(gunzipSync(bytes).equals(whole()));
  });
}

test("none passes the blocks on", async () => {
  const bytes = Buffer.concat(await collect({ compression: "none" }));
  assert.ok(bytes.equals(whole()));
});

test("gzip makes one member of each block, with no name and no time", async () => {
  const members = await collect();
  assert.equal(members.length, 3);
  members.forEach((member, position) => {
    const flagsAndTime = Buffer.from(member.subarray(0, 8)).toString("hex");
    assert.equal(flagsAndTime, "1f8b080000000000");
    assert.deepEqual(new Uint8Array(gunzipSync(member)), blocks()[position]);
  });
});

test("golden: gzip gives the same bytes on every runtime, at every level", async () => {
  const digests = [];
  for (const level of [1, 5, 12]) {
    digests.push(await digestOf(Buffer.concat(await collect({ level }))));
  }
  assert.deepEqual(digests, [
    "sha256:b628ea6365173fd47f2ba1960813b630692eb355f1118ac9228a8661bb9fdcae",
    "sha256:e3447e1b15e743ee40d61b977156f2544dc9c0d255c8d743583c7c3abee7dc4b",
    "sha256:1eef6c68c2d08a1b5a3cd37bd500c4fa2d97ad9172b96b94aaf131e5bf9781f0",
  ]);
});

test("zstd makes one frame of each block, at level 3", {
  skip: hasZstd() ? false : "this runtime has no zstd",
}, async () => {
  const frames = await collect({ compression: "zstd" });
  assert.equal(frames.length, 3);
  const read = frames.map((frame) => new Uint8Array(zstdDecompressSync(frame)));
  assert.deepEqual(read, blocks());
  const level = { compression: "zstd", level: 3 } as const;
  assert.deepEqual(await collect(level), frames);
});

test("zstd layers are read by zstd itself", {
  skip: hasZstd() ? skipWithout("zstd") : "this runtime has no zstd",
}, () =>
  withTempDir(async (directory) => {
    const path = join(directory, "layer.zst");
    writeFileSync(path, Buffer.concat(await collect({ compression: "zstd" })));
    const { stdout } = await run("sh", [
      "-c",
      'zstd -dc "$1" | sha256sum',
      "sh",
      path,
    ]);
    assert.equal(`sha256:${stdout.slice(0, 64)}`, await digestOf(whole()));
  }));

test("where the runtime has no zstd, that is said", () => {
  const { getBuiltinModule } = process;
  process.getBuiltinModule = (() => undefined) as typeof getBuiltinModule;
  try {
    assert.throws(() => compress(streamOf([]), { compression: "zstd" }), {
      code: "COMPRESSION",
      message:
        "Cannot compress with zstd: this runtime does not have it. Use " +
        "gzip, or Node 22.15 or later, Deno or Bun",
    });
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
});

test("level 5 is the default", async () => {
  assert.deepEqual(await collect({ level: 5 }), await collect());
});

for (
  const options of [
    { level: 0 },
    { level: 13 },
    { level: 1.5 },
    { compression: "gzip:stream", level: 6 },
    { compression: "none", level: 6 },
    { compression: "zstd", level: 20 },
    { jobs: 0 },
    { jobs: 1.5 },
    { jobs: 257 },
    { compression: "bzip2" as Compression },
  ] as CompressOptions[]
) {
  test(`refused: ${JSON.stringify(options)}`, () => {
    assert.throws(() => compress(streamOf([]), options), {
      code: "COMPRESSION",
    });
  });
}

for (const compression of ["gzip", "gzip:stream"] as Compression[]) {
  test(`${compression} hands on the error of its input`, async () => {
    const fail = new Error("broken input");
    async function* input() {
      yield new Uint8Array(10);
      throw fail;
    }
    const stream = compress(streamOf(input()), { compression });
    await assert.rejects(async () => {
      for await (const _ of iterateStream(stream));
    }, fail);
  });
}

test("compression leaves no listeners on the process", async () => {
  await collect();
  assert.equal(
    process.listeners("uncaughtException").filter((listener) =>
      String(listener).includes("ExitStatus")
    ).length,
    0,
  );
});
