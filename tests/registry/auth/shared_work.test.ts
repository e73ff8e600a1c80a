import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedWork } from "../../../src/registry/auth/shared_work.ts";

const what = "do it";

/** Work that ends when told, and what it was asked. */
function openWork() {
  const signals: AbortSignal[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const work = (signal: AbortSignal) => {
    signals.push(signal);
    return promise;
  };
  return { signals, work, resolve, reject };
}

test("callers at the same time share, later ones begin anew", async () => {
  const shared = new SharedWork<number>();
  const { signals, work, resolve } = openWork();
  const both = [
    shared.run("a", work, { what }),
    shared.run("a", work, { what }),
  ];
  resolve(1);
  assert.deepEqual(await Promise.all(both), [1, 1]);
  assert.equal(signals.length, 1);
  await shared.run("a", work, { what });
  assert.equal(signals.length, 2);
  await shared.run("b", work, { what });
  assert.equal(signals.length, 3);
});

test("a failure is everybody's, and is not kept", async () => {
  const shared = new SharedWork<number>();
  const { work, reject } = openWork();
  const both = [
    shared.run("a", work, { what }),
    shared.run("a", work, { what }),
  ];
  reject(new Error("broken"));
  for (const one of both) await assert.rejects(one, /broken/);
  assert.equal(
    await shared.run("a", () => Promise.resolve(2), { what }),
    2,
  );
});

test("who is stopped leaves it to the others; when all have left it ends", async () => {
  const shared = new SharedWork<number>();
  const { signals, work, resolve } = openWork();
  const [first, second] = [new AbortController(), new AbortController()];
  const one = shared.run("a", work, { what, signal: first.signal });
  const two = shared.run("a", work, { what, signal: second.signal });
  first.abort();
  await assert.rejects(one, { code: "ABORTED", message: /^Cannot do it: / });
  assert.equal(signals[0]?.aborted, false);
  second.abort(new Error("enough"));
  await assert.rejects(two, { code: "ABORTED" });
  assert.equal(signals[0]?.aborted, true);
  assert.match(String(signals[0]?.reason), /enough/);
  // What has been given up is not joined.
  const again = openWork();
  const third = shared.run("a", again.work, { what });
  again.resolve(3);
  resolve(1);
  assert.equal(await third, 3);
});

test("nobody who is stopped already begins anything", async () => {
  const shared = new SharedWork<number>();
  const { signals, work } = openWork();
  const signal = AbortSignal.abort();
  await assert.rejects(shared.run("a", work, { what, signal }), {
    code: "ABORTED",
  });
  assert.deepEqual(signals, []);
});

test("a stop while the work begins counts", async () => {
  const shared = new SharedWork<number>();
  const controller = new AbortController();
  const { signal } = controller;
  const work = () => {
    controller.abort();
    return Promise.reject(new Error("late"));
  };
  await assert.rejects(shared.run("a", work, { what, signal }), {
    code: "ABORTED",
  });
});
