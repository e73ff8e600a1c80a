import assert from "node:assert/strict";
import { after, test } from "node:test";
import { digestOf } from "../../src/bytes/sha256.ts";
import {
  type BlockCodec,
  encodeHere,
} from "../../src/compression/block_codec.ts";
import { BlockPool } from "../../src/compression/block_pool.ts";
import { encodeBlocks } from "../../src/compression/encode_blocks.ts";
import { startBlockWorker } from "../../src/compression/start_block_worker.ts";
import { hasZstd } from "../../src/compression/zstd_block.ts";
import { moduleCommand } from "../support/run_module.ts";
import { run } from "../support/run.ts";

const pool = new BlockPool(startBlockWorker);
after(() => pool.end());

/** Contents of several kinds, the same on every run. */
const contents = ((): Uint8Array[] => {
  let state = 1;
  const next = () => (state = state * 48271 % 0x7fffffff) >> 8;
  const letters = (size: number) =>
    Uint8Array.from({ length: size }, () => 97 + next() % 12);
  return [
    letters(100_000),
    // What does not compress, in the largest block that there is.
    Uint8Array.from({ length: (1 << 20) + 1024 }, next),
    new Uint8Array(1 << 20),
    Uint8Array.of(1),
    new Uint8Array(),
    letters(600_000),
    letters(70_000),
  ];
})();

/** Blocks to give away; each but the first is a part of its buffer. */
function samples(): Uint8Array[] {
  return contents.map((content, index) => {
    const block = new Uint8Array(content.byteLength + 2 * index);
    block.set(content, index);
    return block.subarray(index, index + content.byteLength);
  });
}

async function* given(
  blocks: Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* blocks;
}

async function encoded(
  blocks: Iterable<Uint8Array>,
  codec: BlockCodec,
  jobs: number,
): Promise<string[]> {
  const digests: string[] = [];
  const stream = encodeBlocks(given(blocks), codec, { jobs, pool });
  for await (const bytes of stream) digests.push(await digestOf(bytes));
  return digests;
}

for (
  const codec of [
    ...[1, 5, 12].map((level) => ({ name: "gzip", level } as const)),
    ...[3, 19].map((level) => ({ name: "zstd", level } as const)),
  ]
) {
  const skip = codec.name === "zstd" && !hasZstd() &&
    "this runtime has no zstd";
  test(
    `${codec.name}, level ${codec.level}: workers give the bytes of this thread`,
    {
      skip,
    },
    async () => {
      const expected = await Promise.all(
        samples().map((block) => digestOf(encodeHere(block, codec))),
      );
      for (const jobs of [1, 2, 7]) {
        assert.deepEqual(await encoded(samples(), codec, jobs), expected);
      }
      assert.ok(pool.size > 1 && pool.size <= 7);
    },
  );
}

const fast: BlockCodec = { name: "gzip", level: 1 };

test("few blocks, and one job, start no worker", async () => {
  const pool = new BlockPool(() => {
    throw new Error("a worker was started");
  });
  for (const [count, jobs] of [[3, 8], [50, 1]] as const) {
    const blocks = Array.from({ length: count }, () => new Uint8Array(9));
    let results = 0;
    const stream = encodeBlocks(given(blocks), fast, { jobs, pool });
    for await (const _ of stream) results++;
    assert.equal(results, count);
  }
});

test("no more is read ahead than the workers have use for", async () => {
  let read = 0;
  async function* endless() {
    while (true) {
      read++;
      yield new Uint8Array(1000);
    }
  }
  let taken = 0;
  for await (const _ of encodeBlocks(endless(), fast, { jobs: 3, pool })) {
    taken++;
    assert.ok(read - taken <= 6, `${read} read, ${taken} taken`);
    if (taken === 20) break;
  }
});

test("the failure of the input is handed on", async () => {
  const failure = new Error("broken input");
  async function* broken() {
    for (let count = 0; count < 9; count++) yield new Uint8Array(100_000);
    throw failure;
  }
  await assert.rejects(async () => {
    for await (const _ of encodeBlocks(broken(), fast, { jobs: 2, pool }));
  }, failure);
});

test("the failure of a worker is one of the layer", async () => {
  const blocks = samples();
  const stream = encodeBlocks(given(blocks), { name: "gzip", level: 99 }, {
    jobs: 2,
    pool,
  });
  await assert.rejects(async () => {
    for await (const _ of stream);
  }, { code: "COMPRESSION", message: /: a worker failed: / });
});

test("workers do not keep the process alive", async () => {
  const [program, args] = moduleCommand(
    "tests/compression/encode_and_leave.ts",
    [],
  );
  const { stdout } = await run(program, args);
  assert.equal(stdout, "8 blocks\n2 workers\n");
});
