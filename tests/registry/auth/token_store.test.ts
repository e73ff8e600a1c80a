import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesSource } from "../../../src/bytes/byte_source.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";
import {
  ask,
  authWorld,
  CHALLENGE,
  openAuth,
  REALM,
  scopesOf,
  type Seen,
} from "./auth_world.ts";

const alice = { username: "alice", password: "s3cret-word" };
const body = bytesSource(new Uint8Array(3));
const upload = {
  method: "PATCH",
  url: new URL("https://registry.test/v2/me/app/blobs/uploads/1"),
  access: "push",
  body,
  retry: false,
} as const;
const give = (fields: Record<string, unknown>) => (_: Seen, count: number) => ({
  token: `token-${count}`,
  ...fields,
});

test("a token is replaced when four fifths of its life are over (req-077)", async () => {
  const cases = [
    [{ expires_in: 300 }, 239_999, 240_000],
    [{ expires_in: 3600 }, 2_879_999, 2_880_000],
    [{}, 47_999, 48_000],
  ] as const;
  for (const [fields, before, after] of cases) {
    const world = authWorld({ give: give(fields) });
    const auth = openAuth(world);
    await ask(auth);
    await world.clock.advance(before);
    await ask(auth);
    assert.equal(world.exchanges.length, 1);
    await world.clock.advance(after - before);
    await ask(auth);
    assert.equal(world.exchanges.length, 2);
    assert.equal(world.seen.at(-1)?.authorization, "Bearer token-2");
    // No request was refused for it.
    assert.equal(world.others.length, 4);
  }
});

test("before a body is sent, more must be left of a token (req-084)", async () => {
  const cases = [
    [60, 29_999, 30_000],
    [100, 69_999, 70_000],
    [300, 239_999, 240_000],
    [20, 9_999, 10_000],
  ] as const;
  for (const [seconds, before, after] of cases) {
    const world = authWorld({ give: give({ expires_in: seconds }) });
    const auth = openAuth(world);
    await ask(auth, { access: "push" });
    await world.clock.advance(before);
    await ask(auth, upload);
    assert.equal(world.exchanges.length, 1);
    await world.clock.advance(after - before);
    await ask(auth, upload);
    assert.equal(world.exchanges.length, 2, String(seconds));
  }
});

test("tokens of no life and skewed clocks make no storm (fault: expires_in 0, 1, absent; issued_at skewed ±1 h)", async () => {
  const hour = 3_600_000;
  for (
    const fields of [
      { expires_in: 0 },
      { expires_in: 1 },
      {},
      { expires_in: 300, issued_at: new Date(Date.now() - hour).toJSON() },
      { expires_in: 300, issued_at: new Date(Date.now() + hour).toJSON() },
      { expires_in: 300, issued_at: "0001-01-01T00:00:00Z" },
    ]
  ) {
    const world = authWorld({ give: give(fields) });
    const auth = openAuth(world);
    for (let i = 0; i < 20; i++) {
      assert.equal(await ask(auth, i % 2 ? upload : {}), 200);
      await world.clock.advance(100);
    }
    // One for pulling, one for pushing.
    assert.equal(world.exchanges.length, 2, JSON.stringify(fields));
  }
});

test("a token that has expired is replaced once and the body sent again (req-084, fault: 401 in mid-operation (token expired))", async () => {
  const world = authWorld();
  const auth = openAuth(world);
  await ask(auth, { access: "push" });
  world.tokens.clear();
  let opened = 0;
  const counted = { ...body, chunks: () => (opened++, body.chunks?.() ?? []) };
  assert.equal(await ask(auth, { ...upload, body: counted }), 200);
  assert.equal(world.exchanges.length, 2);
  assert.equal(opened, 2);
  const sent = world.others.filter(({ method }) => method === "PATCH");
  assert.deepEqual(
    sent.map(({ authorization, body }) => [authorization, body.length]),
    [["Bearer token-1", 3], ["Bearer token-2", 3]],
  );
});

test("a refusal that names no challenge has the token replaced as well (req-084)", async () => {
  let isSilent = false;
  const world = authWorld({ challenge: () => isSilent ? null : CHALLENGE });
  const auth = openAuth(world, { credential: alice });
  await ask(auth);
  isSilent = true;
  world.tokens.clear();
  assert.equal(await ask(auth), 200);
  assert.equal(world.seen.at(-1)?.authorization, "Bearer token-2");
});

test("a registry that refuses for ever gets one new token (req-084, fault: 401 forever / wrong password)", async () => {
  const world = authWorld({ admit: () => false });
  const auth = openAuth(world, { credential: alice });
  assert.equal(await ask(auth), 401);
  assert.equal(world.exchanges.length, 1);
  assert.equal(world.others.length, 2);
  // With a token at hand as well.
  assert.equal(await ask(auth), 401);
  assert.equal(world.exchanges.length, 2);
  assert.equal(world.others.length, 4);
});

test("callers at the same time share one exchange", async () => {
  const world = authWorld();
  const auth = openAuth(world);
  const all = () => Promise.all(Array.from({ length: 8 }, () => ask(auth)));
  assert.deepEqual(await all(), Array(8).fill(200));
  assert.equal(world.exchanges.length, 1);
  world.tokens.clear();
  assert.deepEqual(await all(), Array(8).fill(200));
  assert.equal(world.exchanges.length, 2);
  await world.clock.advance(250_000);
  assert.deepEqual(await all(), Array(8).fill(200));
  assert.equal(world.exchanges.length, 3);
});

test("a refusal that comes late does not undo the new token", async () => {
  const late = Promise.withResolvers<void>();
  const world = authWorld();
  const auth = openAuth({
    ...world,
    fetch: async (request) => {
      const response = await world.fetch(request);
      if (request.headers.get("x-late")) await late.promise;
      return response;
    },
  });
  await ask(auth);
  world.tokens.clear();
  const slow = ask(auth, { headers: { "x-late": "1" } });
  await ask(auth);
  assert.equal(world.exchanges.length, 2);
  late.resolve();
  assert.equal(await slow, 200);
  assert.equal(world.exchanges.length, 2);
});

test("who is stopped does not end the exchange of the others", async () => {
  const given = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const world = authWorld({
    give: async (_, count) => {
      begun.resolve();
      await given.promise;
      return { token: `token-${count}` };
    },
  });
  const auth = openAuth(world);
  const controller = new AbortController();
  const stopped = ask(auth, { signal: controller.signal });
  const other = ask(auth);
  await begun.promise;
  controller.abort();
  await assert.rejects(stopped, {
    code: "ABORTED",
    message: /^Cannot log in to registry\.test: /,
  });
  given.resolve();
  assert.equal(await other, 200);
  assert.equal(world.exchanges.length, 1);
});

test("what nobody waits for any more is ended", async () => {
  const begun = Promise.withResolvers<Seen>();
  const world = authWorld({
    give: (seen) => {
      begun.resolve(seen);
      return new Promise((_, reject) =>
        seen.signal.addEventListener("abort", () => reject(seen.signal.reason))
      );
    },
  });
  const controller = new AbortController();
  const stopped = ask(openAuth(world), { signal: controller.signal });
  const { signal } = await begun.promise;
  controller.abort();
  await assert.rejects(stopped, { code: "ABORTED" });
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(signal.aborted, true);
});

test("each set of scopes has its token, the wider one serves (req-087)", async () => {
  const world = authWorld();
  const auth = openAuth(world, { credential: alice });
  await ask(auth);
  await ask(auth, { access: "push" });
  await ask(auth, { access: "push", readsFrom: ["z/base", "a/base"] });
  await ask(auth, { access: "push", readsFrom: ["a/base"] });
  await ask(auth, { readsFrom: ["z/base"] });
  await ask(auth);
  assert.deepEqual(world.exchanges.map(scopesOf), [
    ["repository:me/app:pull"],
    ["repository:me/app:pull,push"],
    [
      "repository:me/app:pull,push",
      "repository:a/base:pull",
      "repository:z/base:pull",
    ],
  ]);
  // Only the first request of all met a challenge.
  assert.equal(world.others.length, 7);
});

test("a token server that knows no other repository is asked without (req-087)", async () => {
  for (const status of [400, 401, 403, 404]) {
    const world = authWorld({
      give: (seen, count) =>
        scopesOf(seen).length > 1
          ? Response.json({ errors: [{ code: "DENIED" }] }, { status })
          : { token: `token-${count}` },
    });
    const auth = openAuth(world);
    const mount = { access: "push", readsFrom: ["else/where"] } as const;
    assert.equal(await ask(auth, mount), 200);
    assert.equal(world.exchanges.length, 2);
    assert.deepEqual(scopesOf(world.exchanges[1] as Seen), [
      "repository:me/app:pull,push",
    ]);
    // It is not asked for what it refused again.
    await world.clock.advance(3_600_000);
    assert.equal(await ask(auth, mount), 200);
    assert.equal(world.exchanges.length, 3);
  }
});

test("a wrong password is told where other repositories were asked for too", async () => {
  const world = authWorld({
    give: () =>
      Response.json({ errors: [{ code: "DENIED", message: "who?" }] }, {
        status: 401,
      }),
  });
  const auth = openAuth(world, { credential: alice });
  await assert.rejects(
    ask(auth, { access: "push", readsFrom: ["else/where"] }),
    /answered 401 \(DENIED: who\?\)/,
  );
  assert.equal(world.exchanges.length, 2);
});

test("insufficient_scope gets the scope that it names, once (req-085, fault: insufficient_scope / scope subset)", async () => {
  const short = `${CHALLENGE},error="insufficient_scope"`;
  const wants = (scope: string) => `${short},scope="${scope}"`;
  const catalog = "registry:catalog:*";
  for (const status of [401, 403]) {
    const world = authWorld({
      admit: ({ authorization }) => authorization !== null,
      answer: ({ authorization }) =>
        authorization === "Bearer token-2"
          ? new Response("ok")
          : new Response(null, {
            status,
            headers: { "www-authenticate": wants(catalog) },
          }),
    });
    assert.equal(await ask(openAuth(world)), 200);
    assert.deepEqual(world.exchanges.map(scopesOf), [
      ["repository:me/app:pull"],
      ["repository:me/app:pull", catalog],
    ]);
  }
  // A registry that always wants more is not followed.
  let count = 0;
  const endless = authWorld({
    challenge: () => wants(`repository:r${count++}:pull`),
    admit: () => false,
  });
  assert.equal(await ask(openAuth(endless)), 401);
  assert.equal(endless.exchanges.length, 2);
});

test("containers/image: only what names a scope with its error is asked again for (req-085)", async () => {
  const cases = [
    [`scope="registry:catalog:*",error="insufficient_scope"`, 2],
    [`scope="foo:bar",error="insufficient_scope"`, 1],
    [`error="insufficient_scope"`, 1],
    [`scope="registry:catalog:*",error="random_error"`, 1],
  ] as const;
  for (const [parameters, count] of cases) {
    const world = authWorld({
      challenge: ({ authorization }) =>
        authorization === null ? CHALLENGE : `${CHALLENGE},${parameters}`,
      admit: () => false,
    });
    assert.equal(await ask(openAuth(world)), 401);
    assert.equal(world.exchanges.length, count, parameters);
  }
});

test(
  "containers/image: refusals that are asked again for, and that are not (req-085)",
  {
    skip: skipWithoutCorpora,
  },
  async () => {
    const { tables } = readCorpus<{ tables: Record<string, unknown[]> }>(
      "docker-auth/token-responses.json",
    );
    const rows = Object.entries(tables)
      .filter(([name]) => name.startsWith("TestNeedsRetry"));
    assert.equal(rows.length, 5);
    for (const [name, [header]] of rows) {
      const world = authWorld({
        challenge: ({ authorization }) =>
          authorization === null
            ? CHALLENGE
            : String(header).replace(/realm="[^"]*"/, `realm="${REALM}"`),
        admit: () => false,
      });
      assert.equal(await ask(openAuth(world)), 401);
      const isAskedAgain = name.startsWith("TestNeedsRetryOnInsuficientScope");
      assert.equal(world.exchanges.length, isAskedAgain ? 2 : 1, name);
    }
  },
);

test("what the challenge itself names is asked for beside our own (req-087)", async () => {
  const world = authWorld({
    challenge:
      `Bearer realm="${REALM}",scope="repository:proxied/me/app:pull x"`,
  });
  assert.equal(await ask(openAuth(world)), 200);
  assert.deepEqual(world.exchanges.map(scopesOf), [
    ["repository:me/app:pull", "repository:proxied/me/app:pull"],
  ]);
});

test("a token with fewer rights is used, the registry's answer counts (req-083)", async () => {
  const world = authWorld({
    give: give({ scope: "repository:me/app:pull" }),
    answer: ({ method }) =>
      new Response(null, { status: method === "GET" ? 200 : 403 }),
  });
  const auth = openAuth(world);
  assert.equal(await ask(auth, { access: "push" }), 200);
  assert.equal(await ask(auth, upload), 403);
  assert.equal(world.exchanges.length, 1);
  assert.deepEqual(auth.report.scopesGranted, ["repository:me/app:pull"]);
});

test("tokens of one identity are not used for another (rule 14: cache poisoning)", async () => {
  const world = authWorld();
  const auth = openAuth(world, {
    credentials: (_, { access }) => access === "push" ? alice : undefined,
  });
  await ask(auth);
  await ask(auth, { access: "push" });
  await ask(auth);
  const asked = world.exchanges.map(({ authorization }) => authorization);
  assert.deepEqual(asked, [null, "Basic " + btoa("alice:s3cret-word")]);
  // Each identity met its own challenge; the last request is the known one's.
  assert.deepEqual(
    world.others.map(({ authorization }) => authorization),
    [null, "Bearer token-1", null, "Bearer token-2", "Bearer token-2"],
  );
  const same = openAuth(world, { credentials: () => ({ ...alice }) });
  await ask(same);
  await ask(same, { access: "push" });
  assert.equal(world.others.length, 8);
});
