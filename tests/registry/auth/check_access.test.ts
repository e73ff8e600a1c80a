import assert from "node:assert/strict";
import { test } from "node:test";
import { checkAccess } from "../../../src/registry/auth/check_access.ts";
import type { Repository } from "../../../src/registry/repository.ts";
import {
  ALICE,
  alice,
  type AuthWorld,
  authWorld,
  openAuth,
  type OpenOptions,
  type Seen,
} from "./auth_world.ts";

const base = new URL("https://registry.test/v2/");
const SESSION = "/v2/me/app/blobs/uploads/1?state=a%2Fb";

function check(
  world: AuthWorld,
  options: OpenOptions & { readonly signal?: AbortSignal } = {},
) {
  const repository: Repository = {
    registry: "registry.test",
    path: "me/app",
    name: "registry.test/me/app",
    url: new URL("me/app/", base),
    authenticator: openAuth(world, options),
  };
  return checkAccess(repository, { base, signal: options.signal });
}

/** A registry that answers as said, to `METHOD last/part`. */
function answers(
  statuses: Readonly<Record<string, number>> = {},
  location = SESSION,
) {
  return ({ method, url }: Seen) => {
    const status = statuses[`${method} ${url.pathname}`] ??
      (method === "POST" ? 202 : 200);
    const body = { errors: [{ code: "DENIED", message: `not ${method}` }] };
    return status < 300
      ? new Response(null, { status, headers: { location } })
      : Response.json(body, { status });
  };
}

const lines = ({ others }: AuthWorld) =>
  others.map(({ method, url }) => `${method} ${url.pathname}${url.search}`);

test("who we are, what was asked for, and what we may", async () => {
  const source = "~/.docker/config.json, key registry.test";
  const world = authWorld({
    challenge:
      'Bearer realm="https://auth.test/token?tenant=1",service="registry.test"',
    give: (_, count) => ({
      token: `token-${count}`,
      expires_in: 300,
      scope: "repository:me/app:pull,push",
    }),
    answer: answers(),
  });
  assert.deepEqual(await check(world, { credential: { ...alice, source } }), {
    credential: "password",
    source,
    scheme: "bearer",
    realm: "https://auth.test/token",
    service: "registry.test",
    scopesAsked: ["repository:me/app:pull,push"],
    scopesGranted: ["repository:me/app:pull,push"],
    expiresIn: 300,
    mayPull: true,
    mayPush: true,
  });
  assert.deepEqual(lines(world), [
    "GET /v2/",
    "GET /v2/",
    "GET /v2/me/app/tags/list?n=1",
    "POST /v2/me/app/blobs/uploads/",
    `DELETE ${SESSION}`,
  ]);
  assert.equal(world.exchanges.length, 1);
});

test("a registry that asks nothing", async () => {
  const world = authWorld({ admit: () => true, answer: answers() });
  assert.deepEqual(await check(world), {
    credential: "none",
    scopesAsked: [],
    mayPull: true,
    mayPush: true,
  });
});

test("a registry that takes the password itself", async () => {
  const world = authWorld({
    challenge: "Basic",
    admit: ({ authorization }) => authorization === ALICE,
    answer: answers(),
  });
  const report = await check(world, { credential: alice });
  assert.equal(report.scheme, "basic");
  assert.equal(report.realm, undefined);
  assert.equal(report.mayPush, true);
});

test("a repository that is not there yet can be pushed to", async () => {
  const world = authWorld({
    admit: () => true,
    answer: answers({ "GET /v2/me/app/tags/list": 404 }),
  });
  const report = await check(world);
  assert.deepEqual([report.mayPull, report.mayPush], [true, true]);
  assert.equal(report.refusal, undefined);
});

test("what is refused is told in the registry's own words", async () => {
  const tags = "GET /v2/me/app/tags/list";
  const uploads = "POST /v2/me/app/blobs/uploads/";
  const cases = [
    [{ [uploads]: 403 }, true, false, /^Cannot push to .* 403 .*not POST/],
    [{ [uploads]: 401 }, true, false, /^Cannot push to .* 401 .*not POST/],
    [{ [uploads]: 405 }, true, false, /^Cannot push to .* 405/],
    [{ [uploads]: 404 }, true, undefined, /^Cannot push to .* 404/],
    [{ [uploads]: 500 }, true, undefined, /^Cannot push to .* 500/],
    [
      { [tags]: 403, [uploads]: 403 },
      false,
      false,
      /^Cannot push to .* 403 .*not POST/,
    ],
    [{ [tags]: 500 }, undefined, true, /^Cannot pull from .* 500/],
    // Who may push needs no front door.
    [{ "GET /v2/": 404 }, true, true, /^$/],
    [
      { "GET /v2/": 404, [uploads]: 404 },
      true,
      undefined,
      /^Cannot push to .* 404/,
    ],
  ] as const;
  for (const [statuses, mayPull, mayPush, refusal] of cases) {
    const world = authWorld({ answer: answers(statuses) });
    const report = await check(world, { credential: alice });
    assert.equal(report.mayPull, mayPull);
    assert.equal(report.mayPush, mayPush);
    assert.match(report.refusal ?? "", refusal);
    assert.doesNotMatch(report.refusal ?? "", /\n|s3cret/);
    const deleted = lines(world).some((line) => line.startsWith("DELETE"));
    assert.equal(deleted, mayPush === true);
  }
});

test("a wrong password: the token server's words, and who it is", async () => {
  const world = authWorld({
    give: () =>
      Response.json({ errors: [{ code: "UNAUTHORIZED", message: "who?" }] }, {
        status: 401,
      }),
  });
  const report = await check(world, { credential: alice });
  assert.equal(report.credential, "password");
  assert.equal(report.realm, "https://auth.test/token");
  assert.deepEqual(report.scopesAsked, ["repository:me/app:pull,push"]);
  assert.deepEqual([report.mayPull, report.mayPush], [false, false]);
  assert.match(report.refusal ?? "", /token server answered 401 .*who\?/);
});

test("who is refused a token for pushing may still pull", async () => {
  const world = authWorld({
    give: ({ url }, count) =>
      url.search.includes("push")
        ? Response.json({ errors: [{ code: "DENIED" }] }, { status: 403 })
        : { token: `token-${count}` },
    answer: answers(),
  });
  const report = await check(world, { credential: alice });
  assert.deepEqual([report.mayPull, report.mayPush], [true, false]);
  assert.match(report.refusal ?? "", /token server answered 403/);
  assert.deepEqual(report.scopesAsked, ["repository:me/app:pull,push"]);
});

test("the upload that was begun is given up, at the registry alone (req-054)", async () => {
  for (
    const [location, deletes] of [
      ["https://cdn.test/up", 0],
      ["https://10.0.0.1/up", 0],
      ["", 1],
      ["/v2/up?x=1", 1],
    ] as const
  ) {
    const world = authWorld({
      admit: () => true,
      answer: answers({ "DELETE /v2/up": 403 }, location),
    });
    const report = await check(world);
    assert.equal(report.mayPush, true);
    const deleted = world.others.filter(({ method }) => method === "DELETE");
    assert.equal(deleted.length, deletes, location);
  }
});

test("what cannot be reached is an error, and so is a stop", async () => {
  const world = authWorld();
  const broken = {
    ...world,
    fetch: () => Promise.reject(new Error("ENOTFOUND")),
  };
  await assert.rejects(check(broken), { code: "NETWORK" });
  await assert.rejects(check(world, { signal: AbortSignal.abort() }), {
    code: "ABORTED",
  });
  await assert.rejects(
    check(world, { credentials: () => Promise.reject(new Error("no helper")) }),
    /no helper/,
  );
});

test("what a registry asks for is told, also where there is nothing to answer with", async () => {
  for (
    const [challenge, credential, scheme] of [
      ["Basic", undefined, "basic"],
      ['Negotiate, Basic realm="r"', undefined, "basic"],
      ["Basic", { token: "t-0" }, "basic"],
      ["Basic", { identityToken: "i-0" }, "basic"],
      ["Negotiate", undefined, undefined],
      [null, alice, "basic"],
    ] as const
  ) {
    const world = authWorld({ challenge, admit: () => false });
    const report = await check(world, { credential });
    assert.equal(report.scheme, scheme, String(challenge));
    assert.deepEqual([report.mayPull, report.mayPush], [false, false]);
  }
});
