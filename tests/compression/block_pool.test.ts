import assert from "node:assert/strict";
import { test } from "node:test";
import type { BlockCodec } from "../../src/compression/block_codec.ts";
import { BlockPool } from "../../src/compression/block_pool.ts";
import { gzipBlock } from "../../src/compression/gzip_block.ts";
import type { WorkerListener } from "../../src/compression/start_worker.ts";

const codec: BlockCodec = { name: "gzip", level: 1 };

/** A worker that says what it is told to say. */
interface FakeWorker extends WorkerListener {
  /** How many blocks it was given. */
  posted: number;
  isHeld: boolean;
  hasEnded: boolean;
}

function fakePool() {
  const workers: FakeWorker[] = [];
  const pool = new BlockPool((listener) => {
    const worker = { ...listener, posted: 0, isHeld: true, hasEnded: false };
    workers.push(worker);
    return {
      post: () => void worker.posted++,
      hold: (isHeld) => void (worker.isHeld = isHeld),
      end: () => void (worker.hasEnded = true),
    };
  });
  const encode = (size: number, limit = 2) =>
    pool.encode(new Uint8Array(size), codec, limit);
  return { pool, workers, encode };
}

const ready = {};
const answer = (size: number) => ({ buffer: new ArrayBuffer(size) });

/** The only worker, or the one at a position. */
function at(workers: readonly FakeWorker[], position = 0): FakeWorker {
  const worker = workers[position];
  assert.ok(worker);
  return worker;
}

test("no block is given away before a worker is ready", async () => {
  const { workers, encode } = fakePool();
  const first = encode(1);
  assert.equal(at(workers).posted, 0);
  at(workers).onMessage(ready);
  assert.equal(at(workers).posted, 1);
  at(workers).onMessage(answer(7));
  assert.equal((await first).byteLength, 7);
});

test("there are as many workers as asked for, with two blocks each", async () => {
  const { workers, encode } = fakePool();
  const all = Array.from({ length: 7 }, () => encode(1));
  assert.equal(workers.length, 2);
  workers.forEach((worker) => worker.onMessage(ready));
  assert.deepEqual(workers.map(({ posted }) => posted), [2, 2]);
  for (let round = 0; round < 4; round++) {
    for (const worker of workers) {
      if (worker.posted > round) worker.onMessage(answer(round + 1));
    }
  }
  assert.deepEqual(workers.map(({ posted }) => posted), [4, 3]);
  const sizes = (await Promise.all(all)).map(({ byteLength }) => byteLength);
  // The first that was ready took two at once.
  assert.deepEqual(sizes, [1, 2, 1, 2, 3, 3, 4]);
});

test("a worker that is free takes the next block, and no other is started", async () => {
  const { workers, encode } = fakePool();
  const first = encode(1, 3);
  at(workers).onMessage(ready);
  at(workers).onMessage(answer(1));
  await first;
  const second = encode(1, 3);
  assert.equal(workers.length, 1);
  assert.equal(at(workers).posted, 2);
  at(workers).onMessage(answer(2));
  assert.equal((await second).byteLength, 2);
});

test("the process waits for workers that have something to do, and for no others", async () => {
  const { pool, workers, encode } = fakePool();
  const all = [encode(1, 1), encode(1, 1)];
  const worker = at(workers);
  assert.equal(worker.isHeld, true);
  worker.onMessage(ready);
  worker.onMessage(answer(1));
  pool.end();
  assert.deepEqual([worker.isHeld, worker.hasEnded], [true, false]);
  worker.onMessage(answer(1));
  await Promise.all(all);
  assert.deepEqual([worker.isHeld, worker.hasEnded], [false, false]);
  const again = encode(1, 1);
  assert.equal(worker.isHeld, true);
  worker.onMessage(answer(1));
  await again;
  pool.end();
  assert.deepEqual([worker.hasEnded, pool.size], [true, 0]);
});

test("the failure of a block is its own", async () => {
  const { workers, encode } = fakePool();
  const [first, second] = [encode(1, 1), encode(1, 1)];
  at(workers).onMessage(ready);
  at(workers).onMessage({ error: "there is not enough memory" });
  at(workers).onMessage(answer(3));
  await assert.rejects(first, {
    code: "COMPRESSION",
    message:
      "Cannot compress the layer: a worker failed: there is not enough " +
      "memory",
  });
  assert.equal((await second).byteLength, 3);
});

test("what a worker had when it ended fails; what waits goes to a new one", async () => {
  const { workers, encode } = fakePool();
  const all = [encode(1, 1), encode(1, 1), encode(1, 1)];
  at(workers).onMessage(ready);
  at(workers).onEnd("out of memory");
  at(workers).onEnd("it ended");
  assert.equal(workers.length, 2);
  at(workers, 1).onMessage(ready);
  at(workers, 1).onMessage(answer(4));
  const results = await Promise.allSettled(all);
  assert.deepEqual(results.map(({ status }) => status), [
    "rejected",
    "rejected",
    "fulfilled",
  ]);
});

test("where a worker never runs, blocks are compressed here, and none is tried again", async () => {
  const { pool, workers, encode } = fakePool();
  const block = new Uint8Array(500);
  const first = encode(500, 1);
  at(workers).onEnd("workers are not allowed");
  assert.deepEqual(await first, gzipBlock(block, 1));
  assert.deepEqual(await encode(500, 1), gzipBlock(block, 1));
  assert.deepEqual([workers.length, pool.size], [1, 0]);
});

test("where none can be started, blocks are compressed here", async () => {
  const pool = new BlockPool(() => {
    throw new Error("there are no workers");
  });
  const block = new Uint8Array(500);
  const bytes = await pool.encode(block, codec, 4);
  assert.deepEqual(bytes, gzipBlock(block, 1));
  await assert.rejects(
    pool.encode(block, { name: "gzip", level: 77 }, 4),
    RangeError,
  );
});
