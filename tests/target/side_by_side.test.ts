import assert from "node:assert/strict";
import { test } from "node:test";
import { sideBySide } from "../../src/target/side_by_side.ts";

const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

test("results have the order of the items, and four are on their way at once", async () => {
  let running = 0;
  let most = 0;
  const items = Array.from({ length: 20 }, (_, n) => n);
  const results = await sideBySide(items, async (item) => {
    most = Math.max(most, ++running);
    // The later ones are done earlier.
    for (let n = item; n < 20; n += 5) await turn();
    running--;
    return item * 2;
  });
  assert.deepEqual(results, items.map((item) => item * 2));
  assert.equal(most, 4);
  assert.deepEqual(await sideBySide([], turn), []);
});

test("behind the first failure nothing is begun and nothing goes on", async () => {
  const begun: number[] = [];
  let ended = 0;
  const items = Array.from({ length: 20 }, (_, n) => n);
  await assert.rejects(
    sideBySide(items, async (item) => {
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

test("the first failure stops the others, and so does the caller", async () => {
  const stopped: unknown[] = [];
  const work = async (item: number, signal: AbortSignal) => {
    if (item === 2) throw new Error("third");
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve());
    });
    stopped.push(signal.reason.message);
  };
  await assert.rejects(sideBySide([0, 1, 2, 3, 4, 5], work), /third/);
  assert.deepEqual(stopped, ["third", "third", "third"]);
  const caller = new AbortController();
  const done = sideBySide([0, 1], work, { signal: caller.signal });
  caller.abort(new Error("enough"));
  await done;
  assert.deepEqual(stopped.slice(3), ["enough", "enough"]);
});

test("as many are done at the same time as are asked for, and one at least", async () => {
  for (const [concurrency, expected] of [[1, 1], [2, 2], [0, 1], [9, 5]]) {
    let running = 0;
    let most = 0;
    await sideBySide([1, 2, 3, 4, 5], async () => {
      most = Math.max(most, ++running);
      await turn();
      running--;
    }, { concurrency });
    assert.equal(most, expected);
  }
});
