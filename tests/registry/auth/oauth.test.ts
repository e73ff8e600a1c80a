import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ALICE,
  alice,
  ask,
  authWorld,
  CHALLENGE,
  openAuth,
  scopesOf,
  type Seen,
} from "./auth_world.ts";

const identity = { identityToken: "1dentity-t0ken" };
const refuse = (status: number) =>
  Response.json({ error: "unsupported_grant_type" }, { status });
const push = { access: "push", readsFrom: ["a/base"] } as const;

test("an identity token: one form with grant, client, service and scopes (req-079, req-088)", async () => {
  const world = authWorld({
    give: (_, count) => ({ access_token: `token-${count}` }),
  });
  assert.equal(
    await ask(openAuth(world, { credential: identity }), push),
    200,
  );
  const [form] = world.exchanges;
  assert.equal(form?.method, "POST");
  assert.equal(form?.url.href, "https://auth.test/token");
  assert.equal(
    form?.headers.get("content-type"),
    "application/x-www-form-urlencoded",
  );
  assert.equal(form?.authorization, null);
  assert.deepEqual([...form?.form ?? []], [
    ["grant_type", "refresh_token"],
    ["refresh_token", "1dentity-t0ken"],
    ["service", "registry.test"],
    ["client_id", "scratchbuild"],
    ["scope", "repository:me/app:pull,push repository:a/base:pull"],
  ]);
});

test("the query of the realm stays, the form is the body (req-079)", async () => {
  const world = authWorld({
    challenge: 'Bearer realm="https://auth.test/token?tenant=a%2fb"',
  });
  await ask(openAuth(world, { credential: identity }));
  assert.equal(world.exchanges[0]?.url.search, "?tenant=a%2fb");
  assert.equal(world.exchanges[0]?.form.has("service"), false);
});

test("a password: by GET, with one scope for each (req-075)", async () => {
  const world = authWorld();
  assert.equal(await ask(openAuth(world, { credential: alice }), push), 200);
  const [query] = world.exchanges;
  assert.equal(query?.method, "GET");
  assert.equal(query?.authorization, ALICE);
  assert.equal(
    query?.url.search,
    "?service=registry.test" +
      "&scope=repository%3Ame%2Fapp%3Apull%2Cpush" +
      "&scope=repository%3Aa%2Fbase%3Apull",
  );
});

test("no offline token is asked for: none is wanted (req-082)", async () => {
  for (const credential of [alice, identity, undefined]) {
    const world = authWorld();
    await ask(openAuth(world, { credential }));
    const [seen] = world.exchanges;
    assert.ok(seen);
    for (const name of ["offline_token", "access_type"]) {
      assert.equal(seen.url.searchParams.has(name), false);
      assert.equal(seen.form.has(name), false);
    }
  }
});

test("a server without the form is asked by GET (req-080)", async () => {
  for (const status of [404, 405, 400]) {
    const world = authWorld({
      give: ({ method }, count) =>
        method === "POST" ? refuse(status) : { token: `token-${count}` },
    });
    const auth = openAuth(world, { credential: { ...identity, ...alice } });
    assert.equal(await ask(auth, push), 200);
    assert.deepEqual(
      world.exchanges.map(({ method }) => method),
      ["POST", "GET"],
    );
    const query = world.exchanges[1] as Seen;
    assert.equal(query.authorization, ALICE);
    assert.equal(scopesOf(query).length, 2);
    // The identity token is in no URL.
    assert.doesNotMatch(query.url.href, /1dentity/);
  }
});

test("a server without GET is asked by the form (req-080)", async () => {
  for (const status of [404, 405]) {
    const world = authWorld({
      give: ({ method }, count) =>
        method === "GET" ? refuse(status) : { token: `token-${count}` },
    });
    assert.equal(await ask(openAuth(world, { credential: alice })), 200);
    assert.deepEqual([...world.exchanges[1]?.form ?? []].slice(0, 3), [
      ["grant_type", "password"],
      ["username", "alice"],
      ["password", "s3cret-word"],
    ]);
    assert.equal(world.exchanges[1]?.authorization, null);
  }
});

test("where neither is there, the first refusal is told (req-080)", async () => {
  const cases = [
    [alice, 404, 405, /answered 404/],
    [alice, 404, 401, /answered 401/],
    [{ ...identity, ...alice }, 400, 404, /answered 400/],
    [{ ...identity, ...alice }, 400, 401, /answered 401/],
    [identity, 400, 200, /answered 400 .*unsupported_grant_type/],
  ] as const;
  for (const [credential, first, second, message] of cases) {
    const world = authWorld({
      give: (_, count) => count === 1 ? refuse(first) : refuse(second),
    });
    await assert.rejects(
      ask(openAuth(world, { credential })),
      { code: "REGISTRY", message },
    );
  }
});

test("a user name without a password beside an identity token is no password", async () => {
  const credential = { ...identity, username: "alice", password: "" };
  const world = authWorld({ give: () => refuse(405) });
  await assert.rejects(ask(openAuth(world, { credential })), { status: 405 });
  assert.equal(world.exchanges.length, 1);
});

test("an identity token goes to the token server and nowhere else (req-081, rule 2: credential forwarding)", async () => {
  const world = authWorld();
  const auth = openAuth(world, { credential: identity });
  await ask(auth, { access: "push" });
  for (const { headers, url, body } of world.others) {
    const text = JSON.stringify([[...headers], url.href, body]);
    assert.doesNotMatch(text, /1dentity/);
  }
  // A registry that asks for a password does not get it either.
  const basic = authWorld({ challenge: "Basic" });
  assert.equal(await ask(openAuth(basic, { credential: identity })), 401);
  assert.equal(basic.seen.length, 1);
  const silent = authWorld({ challenge: null });
  assert.equal(await ask(openAuth(silent, { credential: identity })), 401);
  assert.equal(silent.seen.length, 1);
});

test("a registry cannot have it sent to another token server (req-081)", async () => {
  let challenge = CHALLENGE;
  const world = authWorld({ challenge: () => challenge });
  const auth = openAuth(world, { credential: identity });
  await ask(auth);
  challenge = 'Bearer realm="https://evil.test/token"';
  world.tokens.clear();
  await assert.rejects(ask(auth), {
    code: "REGISTRY",
    message: /names the token server evil\.test now/,
  });
  assert.ok(world.seen.every(({ url }) => url.hostname !== "evil.test"));
});

test("a new identity token takes the place of the old one (req-081)", async () => {
  const world = authWorld({
    give: ({ form }, count) =>
      form.get("refresh_token") === (count === 1 ? "1dentity-t0ken" : "next-1")
        ? { token: `token-${count}`, refresh_token: `next-${count}` }
        : refuse(401),
  });
  const auth = openAuth(world, { credential: identity });
  await ask(auth);
  world.tokens.clear();
  assert.equal(await ask(auth), 200);
  const said = auth.failure.redact("token-1 next-1 next-2 1dentity-t0ken");
  assert.equal(said, "[secret] [secret] [secret] [secret]");
});

test("one that nobody asked for is not used in a password's place (req-081)", async () => {
  const world = authWorld({
    give: (_, count) => ({ token: `token-${count}`, refresh_token: "r" }),
  });
  const auth = openAuth(world, { credential: alice });
  await ask(auth);
  world.tokens.clear();
  await ask(auth);
  assert.deepEqual(
    world.exchanges.map(({ method }) => method),
    ["GET", "GET"],
  );
});

test("the form is not sent on by a redirect (rule 2: credential forwarding)", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const world = authWorld({
      give: () =>
        new Response(null, {
          status,
          headers: { location: "https://auth.test/elsewhere" },
        }),
    });
    await assert.rejects(
      ask(openAuth(world, { credential: identity })),
      /answered 30\d, which a credential does not follow/,
    );
    assert.equal(world.exchanges.length, 1);
  }
});

test("an identity token that has run out is told", async () => {
  const world = authWorld({
    give: () => Response.json({ error: "invalid_grant" }, { status: 400 }),
  });
  await assert.rejects(ask(openAuth(world, { credential: identity })), {
    status: 400,
    message: /invalid_grant.*\. The identity token may have run out: log in/,
  });
});

test("an identity token that is refused is told", async () => {
  const world = authWorld({
    give: () => Response.json({ error: "invalid_grant" }, { status: 401 }),
  });
  await assert.rejects(
    ask(openAuth(world, { credential: { ...identity, source: "a file" } })),
    { status: 401, message: /invalid_grant/ },
  );
});
