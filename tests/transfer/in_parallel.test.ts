import assert from "node:assert/strict";
import { test } from "node:test";
import { inParallel } from "../../src/transfer/in_parallel.ts";

const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

test("results have the order of the items, and four are on their way at once", async () => {
  let running = 0;
  let most = 0;
  const items = Array.from({ length: 20 }, (_, n) => n);
  const results = await inParallel(items, async (item) => {
    most = Math.max(most, ++running);
    // The later ones are done earlier.
    for (let n = item; n < 20; n += 5) await turn();
    running--;
    return item * 2;
  });
  assert.deepEqual(results, items.map((item) => item * 2));
  assert.equal(most, 4);
  assert.deepEqual(await inParallel([], turn), []);
});

test("behind the first failure nothing is begun and nothing goes on", async () => {
  const begun: number[] = [];
  let ended = 0;
  const items = Array.from({ length: 20 }, (_, n) => n);
  await assert.rejects(
    inParallel(items, async (item) => {
      begun.push(item);
      await turn();
      ended++;
      if (item === 1) throw new Error("second");
    }),
    /second/,
  );
  assert.ok(begun.length < 8, `${begun.length}`);
  assert.equal(ended, begun.length);
});
