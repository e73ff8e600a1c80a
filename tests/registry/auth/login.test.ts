import assert from "node:assert/strict";
import { test } from "node:test";
import type { CredentialRequest } from "../../../src/registry/auth/credentials.ts";
import { fail, type Repository } from "../../../src/registry/repository.ts";
import {
  ALICE,
  alice,
  ask,
  authWorld,
  CHALLENGE,
  openAuth,
} from "./auth_world.ts";

const isAlice = ({ authorization }: { authorization: string | null }) =>
  authorization === ALICE;

test("the first request goes without a password (req-074)", async () => {
  for (const challenge of [CHALLENGE, "Basic"]) {
    const world = authWorld({ challenge });
    await ask(openAuth(world, { credential: alice }));
    assert.equal(world.seen[0]?.authorization, null);
  }
});

test("Bearer is preferred, in any order and any number of headers (req-074, fault: several challenges, Basic+Bearer, order swapped)", async () => {
  const basic = 'Basic realm="a, b", charset="UTF-8"';
  const bearer = CHALLENGE.replace("Bearer", "bEaReR")
    .replace("realm=", "REALM = ");
  for (
    const challenge of [
      `${basic}, ${bearer}`,
      `${bearer}, ${basic}`,
      `Negotiate, ${basic}, NTLM abc==, ${bearer}`,
      `Bearer error="x", ${bearer}`,
    ]
  ) {
    const world = authWorld({ challenge });
    assert.equal(await ask(openAuth(world, { credential: alice })), 200);
    assert.equal(world.exchanges.length, 1, challenge);
    assert.equal(world.seen.at(-1)?.authorization, "Bearer token-1");
  }
});

test("challenges in several headers are one list (req-074)", async () => {
  for (const order of [["Basic", CHALLENGE], [CHALLENGE, "Negotiate"]]) {
    const world = authWorld();
    const auth = openAuth({
      ...world,
      fetch: async (request) => {
        const response = await world.fetch(request);
        if (response.status !== 401) return response;
        const headers = new Headers();
        for (const one of order) headers.append("www-authenticate", one);
        return new Response(null, { status: 401, headers });
      },
    }, { credential: alice });
    assert.equal(await ask(auth), 200);
    assert.equal(world.seen.at(-1)?.authorization, "Bearer token-1");
  }
});

test("Basic where there is no Bearer to go by, from then on (fault: several challenges, Basic+Bearer, order swapped)", async () => {
  for (
    const challenge of [
      "Negotiate, Basic",
      'Basic realm="x", Negotiate',
      'Bearer, Basic realm="x"',
      'BASIC realm="x"',
    ]
  ) {
    const world = authWorld({ challenge, admit: isAlice });
    const auth = openAuth(world, { credential: alice });
    assert.equal(await ask(auth), 200, challenge);
    assert.equal(await ask(auth, { access: "push" }), 200);
    assert.deepEqual(
      world.seen.map(({ authorization }) => authorization),
      [null, ALICE, null, ALICE].slice(0, 2).concat(ALICE),
    );
    assert.equal(auth.token, "");
  }
});

test("a refusal that names nothing has the password tried, once", async () => {
  const world = authWorld({ challenge: null, admit: isAlice });
  const auth = openAuth(world, { credential: alice });
  assert.equal(await ask(auth), 200);
  assert.equal(await ask(auth), 200);
  assert.equal(world.seen.length, 3);
  const wrong = authWorld({ challenge: null, admit: () => false });
  const never = openAuth(wrong, { credential: alice });
  assert.equal(await ask(never), 401);
  assert.equal(wrong.seen.length, 2);
  const nobody = authWorld({ challenge: null });
  assert.equal(await ask(openAuth(nobody)), 401);
  assert.equal(nobody.seen.length, 1);
});

test("a challenge that cannot be read or met is final", async () => {
  for (const challenge of ["=", "Negotiate", 'realm="x"', "Digest a=b"]) {
    const world = authWorld({ challenge });
    assert.equal(await ask(openAuth(world, { credential: alice })), 401);
    assert.equal(world.seen.length, 1, challenge);
  }
});

test("a registry that changes its mind is followed", async () => {
  let challenge = "Basic";
  const world = authWorld({
    challenge: () => challenge,
    admit: (seen, tokens) =>
      challenge === "Basic"
        ? isAlice(seen)
        : tokens.has(seen.authorization?.slice("Bearer ".length) ?? ""),
  });
  const auth = openAuth(world, { credential: alice });
  assert.equal(await ask(auth), 200);
  challenge = CHALLENGE;
  assert.equal(await ask(auth), 200);
  challenge = "Basic";
  assert.equal(await ask(auth), 200);
});

test("a token that was given is sent as it is and never exchanged (req-078)", async () => {
  const world = authWorld();
  world.tokens.add("any.thing~at/all==");
  const token = "any.thing~at/all==";
  const auth = openAuth(world, { credential: { token } });
  assert.equal(await ask(auth), 200);
  world.tokens.clear();
  assert.equal(await ask(auth), 401);
  assert.equal(world.seen.length, 2);
  assert.equal(auth.token, token);
  assert.deepEqual(auth.report, {
    credential: "token",
    scheme: "bearer",
    scopesAsked: [],
  });
});

test("the credential is looked up once for each kind of access", async () => {
  const asked: (readonly [string, CredentialRequest])[] = [];
  const world = authWorld();
  const open = () => {
    asked.length = 0;
    return openAuth(world, {
      credentials: (registry, request) => {
        asked.push([registry, request]);
        return alice;
      },
    });
  };
  const auth = open();
  await Promise.all([ask(auth), ask(auth)]);
  await Promise.all([
    ask(auth, { access: "push" }),
    ask(auth, { access: "push" }),
  ]);
  await ask(auth);
  assert.deepEqual(
    asked.map(([registry, { repository, access }]) => [
      registry,
      repository,
      access,
    ]),
    [["registry.test", "me/app", "pull"], ["registry.test", "me/app", "push"]],
  );
  assert.ok(asked.every(([, { signal }]) => signal instanceof AbortSignal));
  // What pushes go with is good for pulling.
  const pusher = open();
  await ask(pusher, { access: "push" });
  await ask(pusher);
  assert.equal(asked.length, 1);
});

test("a look-up that fails is tried again by who asks next", async () => {
  let count = 0;
  const world = authWorld();
  const auth = openAuth(world, {
    credentials: () => {
      if (count++ === 0) throw new Error("locked");
      return Promise.resolve(alice);
    },
  });
  await assert.rejects(ask(auth), /locked/);
  assert.deepEqual(world.seen, []);
  assert.equal(await ask(auth), 200);
});

test("a look-up ends with who waits for it", async () => {
  const controller = new AbortController();
  let signal: AbortSignal | undefined;
  const auth = openAuth(authWorld(), {
    credentials: (_, request) => {
      signal = request.signal;
      return new Promise(() => {});
    },
  });
  const stopped = ask(auth, { signal: controller.signal });
  controller.abort();
  await assert.rejects(stopped, {
    code: "ABORTED",
    message: /^Cannot find the credential for registry\.test: /,
  });
  assert.equal(signal?.aborted, true);
});

test("the registry is looked up by its name and port and no other (rule 9: credential-key matching)", async () => {
  for (const registry of ["registry.test", "registry.test:8443"]) {
    const world = authWorld({ challenge: "Basic", admit: isAlice });
    const auth = openAuth(world, {
      registry,
      credentials: (name) => name === "registry.test" ? alice : undefined,
    });
    const url = new URL(`https://${registry}/v2/`);
    const isOurs = registry === "registry.test";
    assert.equal(await ask(auth, { url }), isOurs ? 200 : 401);
    assert.equal(world.seen.some(isAlice), isOurs);
  }
});

test("who we are is told with a failure", async () => {
  const source = "~/.docker/config.json, key registry.test";
  const cases = [
    [undefined, "none"],
    [alice, "password"],
    [{ token: "t-0" }, "token"],
    [{ identityToken: "i-0" }, "identity token"],
    [{ identityToken: "i-0", ...alice }, "identity token"],
  ] as const;
  for (const [credential, kind] of cases) {
    const auth = openAuth(authWorld(), {
      credential: credential && { ...credential, source },
    });
    assert.equal(auth.failure.credential, "none");
    await ask(auth);
    assert.equal(auth.failure.credential, kind);
    assert.equal(auth.failure.source, credential && source);
  }
});

test("how far the clock is off is told by the clock that is used", async () => {
  const hour = 3_600_000;
  const start = Date.UTC(2026, 0, 1);
  for (
    const [skew, status, hint] of [
      [0, 401, undefined],
      [60_000, 401, undefined],
      [24 * hour, 403, undefined],
      [24 * hour, 401, /clock of this machine is 24 hours behind/],
      [-3 * hour, 401, /clock of this machine is 3 hours ahead of/],
    ] as const
  ) {
    const refuse = () =>
      new Response("no", {
        status,
        headers: { date: new Date(start + skew).toUTCString() },
      });
    // By the registry, and by its token server.
    for (
      const where of [{ answer: refuse, admit: () => true }, { give: refuse }]
    ) {
      const auth = openAuth(authWorld(where), { credential: alice });
      const url = new URL("https://registry.test/v2/me/app/");
      const repository = { authenticator: auth, url } as Repository;
      const failing = async () =>
        await fail(
          repository,
          "do it",
          await auth.send({ method: "GET", url }),
        );
      await assert.rejects(failing(), (error: Error) => {
        if (hint) assert.match(error.message, hint);
        else assert.doesNotMatch(error.message, /clock/);
        return true;
      });
    }
  }
});
