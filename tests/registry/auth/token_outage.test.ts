import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesSource } from "../../../src/bytes/byte_source.ts";
import { alice, ask, authWorld, openAuth } from "./auth_world.ts";

const upload = {
  method: "PATCH",
  url: new URL("https://registry.test/v2/me/app/blobs/uploads/1"),
  access: "push",
  body: bytesSource(new Uint8Array(3)),
  retry: false,
} as const;

test("a token server that is down for a moment: the old token is used to its end", async () => {
  const down = [
    () => new Response("down", { status: 503 }),
    () => new Response("slow", { status: 429 }),
    () => Promise.reject(new TypeError("ECONNREFUSED")),
  ];
  for (const fails of down) {
    let isUp = true;
    const world = authWorld({
      give: (_, count) =>
        isUp ? { token: `token-${count}`, expires_in: 300 } : fails(),
    });
    const auth = openAuth(world, { credential: alice });
    await ask(auth, { access: "push" });
    isUp = false;
    await world.clock.advance(250_000);
    assert.equal(await ask(auth, upload), 200);
    assert.equal(world.exchanges.length, 7);
    assert.equal(world.seen.at(-1)?.authorization, "Bearer token-1");
    // Nobody waits for it again as long as there is another way.
    assert.equal(await ask(auth, upload), 200);
    assert.equal(await ask(auth), 200);
    assert.equal(world.exchanges.length, 7);
    await world.clock.advance(50_000);
    await assert.rejects(ask(auth), /registry\.test|auth\.test/);
    isUp = true;
    assert.equal(await ask(auth), 200);
    assert.notEqual(world.seen.at(-1)?.authorization, "Bearer token-1");
  }
});

test("a token server that refuses a new token is not a moment's failure", async () => {
  let isGood = true;
  const world = authWorld({
    give: () =>
      isGood
        ? { token: "token-1", expires_in: 300 }
        : new Response("revoked", { status: 401 }),
  });
  const auth = openAuth(world, { credential: alice });
  await ask(auth);
  isGood = false;
  await world.clock.advance(250_000);
  await assert.rejects(ask(auth), { status: 401, message: /revoked/ });
});

test("an answer of the token server that stops coming is asked for again (fault: stalled body)", async () => {
  const world = authWorld({
    give: (_, count) =>
      count === 1
        ? new Response(
          new ReadableStream({
            start: (stream) => stream.enqueue(new TextEncoder().encode("{")),
          }),
        )
        : { token: `token-${count}` },
  });
  const asking = ask(openAuth(world));
  await world.clock.untilWaiting();
  await world.clock.advance(120_000);
  assert.equal(await asking, 200);
  assert.equal(world.exchanges.length, 2);
});
