import assert from "node:assert/strict";
import { test } from "node:test";
import { parseChallenges } from "../../../src/registry/http/challenge.ts";
import { fakeClock } from "../fake_clock.ts";
import {
  fakeRegistry,
  type FakeRegistryOptions,
  type Quirks,
} from "../fake_registry.ts";
import { type Ask, asker } from "./ask.ts";
import { parseScopes } from "./scope.ts";

const alice = { username: "alice", password: "s3cret" };
const bearer = { scheme: "bearer", ...alice } as const;
const basic = `Basic ${btoa("alice:s3cret")}`;

function open(options: FakeRegistryOptions | Quirks = {}) {
  const isOptions = "quirks" in options || "auth" in options ||
    "clock" in options;
  const registry = fakeRegistry({
    auth: { ...bearer, refreshToken: "r1" },
    ...isOptions ? options : { quirks: options as Quirks },
  });
  return { registry, ask: asker(registry.fetch) };
}

/** Gets a token by GET. */
async function token(
  ask: Ask,
  scopes: string[],
  authorization: string | undefined = basic,
  more = "",
): Promise<Record<string, unknown> & { token: string; status: number }> {
  const query = scopes.map((scope) => `&scope=${scope}`).join("");
  const response = await ask(`GET /token?service=fake${query}${more}`, {
    headers: authorization === "" ? {} : { authorization },
  });
  return { ...await response.json(), status: response.status };
}

async function status(ask: Ask, line: string, token?: string) {
  const authorization = `Bearer ${token}`;
  const headers = token === undefined ? undefined : { authorization };
  return (await ask(line, { headers })).status;
}

const POST = "POST /v2/a/blobs/uploads/";
const HEAD = "HEAD /v2/a/manifests/1";

test("scopes: one after the other, with colons in a name", () => {
  assert.deepEqual(
    parseScopes("repository:h:5/a:pull,push  registry:catalog:*"),
    [
      { type: "repository", name: "h:5/a", actions: ["pull", "push"] },
      { type: "registry", name: "catalog", actions: ["*"] },
    ],
  );
});

test("a challenge says what is needed, and why a token is not enough", async () => {
  const { ask } = open();
  const challenge = async (line: string, token?: string) => {
    const headers = token ? { authorization: `Bearer ${token}` } : undefined;
    const response = await ask(line, { headers });
    assert.equal(response.status, 401);
    const header = response.headers.get("www-authenticate") ?? "";
    const { scope, error } = parseChallenges(header)[0]?.parameters ?? {};
    return `${scope} ${error}`;
  };
  const { token: pull } = await token(ask, ["repository:a:pull"]);
  assert.equal(await challenge("GET /v2/"), "undefined undefined");
  assert.equal(await challenge(HEAD), "repository:a:pull undefined");
  assert.equal(await challenge(HEAD, "x"), "repository:a:pull invalid_token");
  assert.equal(
    await challenge(POST, pull),
    "repository:a:pull,push insufficient_scope",
  );
  assert.equal(
    await challenge("DELETE /v2/a/manifests/1", pull),
    "repository:a:delete insufficient_scope",
  );
});

test("rights: by repository, by action, by who asks", async () => {
  const { ask } = open();
  const all = ["repository:a:pull,push,delete"];
  const mine = await token(ask, all);
  assert.equal(await status(ask, HEAD, mine.token), 404);
  assert.equal(await status(ask, POST, mine.token), 202);
  const del = "DELETE /v2/a/manifests/1";
  assert.equal(await status(ask, del, mine.token), 404);
  assert.equal(await status(ask, HEAD.replace("/a/", "/b/"), mine.token), 401);
  const anonymous = await token(ask, all, "");
  assert.equal(await status(ask, HEAD, anonymous.token), 404);
  assert.equal(await status(ask, POST, anonymous.token), 401);
  assert.equal((await token(ask, all, "Basic eA==")).status, 401);

  const readOnly = open({
    auth: { ...bearer, grant: () => ["pull"] },
  });
  const { token: weak } = await token(readOnly.ask, all);
  assert.equal(await status(readOnly.ask, HEAD, weak), 404);
  assert.equal(await status(readOnly.ask, POST, weak), 401);
});

test("a scope of which nothing is granted grants nothing", async () => {
  const { ask } = open();
  const { token: none } = await token(ask, ["repository:a:push"], "");
  assert.equal(await status(ask, HEAD, none), 401);
});

test("a mount takes the right to pull from its source", async () => {
  const digest = `sha256:${"1".repeat(64)}`;
  const mount = `${POST}?mount=${digest}&from=b`;
  for (const mountNeedsPull of [false, true]) {
    const { ask, registry } = open({ mountNeedsPull });
    registry.blobs.set(`b@${digest}`, new Uint8Array(1));
    const one = await token(ask, ["repository:a:pull,push"]);
    const scopes = ["repository:a:pull,push", "repository:b:pull"];
    const both = await token(ask, scopes);
    const refused = mountNeedsPull ? 401 : 202;
    assert.equal(await status(ask, mount, one.token), refused);
    assert.equal(await status(ask, mount, both.token), 201);
  }
});

test("tokens end by the clock", async () => {
  const clock = fakeClock();
  const lifetimes: [Quirks, number, number | undefined][] = [
    [{}, 300, 300],
    [{ tokenLifetime: 5 }, 5, 5],
    [{ noExpiresIn: true }, 60, undefined],
  ];
  for (const [quirks, seconds, told] of lifetimes) {
    const { ask } = open({ clock, quirks });
    const given = await token(ask, ["repository:a:pull"]);
    assert.equal(given.expires_in, told);
    assert.equal(Date.parse(String(given.issued_at)), clock.now());
    await clock.advance(seconds * 1000 - 1);
    assert.equal(await status(ask, HEAD, given.token), 404);
    await clock.advance(1);
    assert.equal(await status(ask, HEAD, given.token), 401);
  }
  const skewed = open({ clock, quirks: { clockSkew: 86_400_000 } });
  const given = await token(skewed.ask, []);
  const ahead = Date.parse(String(given.issued_at)) - clock.now();
  assert.equal(ahead, 86_400_000);
  const { headers } = await skewed.ask("GET /v2/");
  assert.ok(Date.parse(headers.get("date") ?? "") - clock.now() > 86_000_000);
});

test("the form flow: password, refresh token, what is missing", async () => {
  const { ask, registry } = open();
  const post = async (fields: Record<string, string>) => {
    const body = String(
      new URLSearchParams({ service: "fake", client_id: "me", ...fields }),
    );
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const response = await ask("POST /token", { headers, body });
    return { status: response.status, ...await response.json() };
  };
  const scope = "repository:a:pull,push repository:b:pull";
  const password = { grant_type: "password", ...alice, scope };
  const first = await post({ ...password, access_type: "offline" });
  assert.equal(first.scope, scope);
  assert.equal(first.refresh_token, "fake-refresh-token-2");
  assert.equal(await status(ask, POST, first.access_token), 202);
  const refresh = { grant_type: "refresh_token", scope };
  for (const refresh_token of ["r1", first.refresh_token]) {
    const given = await post({ ...refresh, refresh_token });
    assert.equal(await status(ask, POST, given.access_token), 202);
    assert.equal(given.refresh_token, undefined);
  }
  registry.refreshTokens.clear();
  assert.equal((await post({ ...refresh, refresh_token: "r1" })).status, 401);
  assert.equal((await post({ ...password, password: "x" })).status, 401);
  assert.equal((await post({ ...password, service: "" })).status, 400);
  assert.equal((await post({ grant_type: "magic" })).status, 400);
  const offline = await token(ask, [], basic, "&offline_token=true");
  assert.match(String(offline.refresh_token), /^fake-refresh-token-/);
});

test("quirks of token servers", async () => {
  const two = ["repository:a:pull,push", "repository:b:pull"];
  const first = open({ firstScopeOnly: true });
  const given = await token(first.ask, two);
  assert.equal(await status(first.ask, POST, given.token), 202);
  const other = HEAD.replace("/a/", "/b/");
  assert.equal(await status(first.ask, other, given.token), 401);

  const foreign = open({ foreignScope: { status: 403, code: "DENIED" } });
  assert.equal((await token(foreign.ask, two)).status, 403);
  assert.equal((await token(foreign.ask, two.slice(1))).status, 200);

  const post = open({ tokenPost: { status: 404 } });
  assert.equal((await post.ask("POST /token", { body: "" })).status, 404);

  const strict = open({ oneScopePerManifest: true });
  const put = "PUT /v2/a/manifests/1";
  const wide = await token(strict.ask, two);
  const narrow = await token(strict.ask, two.slice(0, 1));
  assert.equal(await status(strict.ask, put, wide.token), 401);
  assert.equal(await status(strict.ask, put, narrow.token), 400);

  const denied = open({ missingRight: { status: 403, code: "DENIED" } });
  const anonymous = await token(denied.ask, two, "");
  assert.equal(await status(denied.ask, POST, anonymous.token), 403);
});

test("quirks of challenges", async () => {
  const ping = async (quirks: Quirks) => {
    const { status, headers } = await open(quirks).ask("GET /v2/");
    return `${status} ${headers.get("www-authenticate")}`;
  };
  assert.equal(await ping({ noChallenge: true }), "401 null");
  assert.equal(await ping({ openPing: true }), "200 null");
  assert.match(
    await ping({ moreChallenges: ["Negotiate", 'Basic realm="x"'] }),
    /^401 Negotiate, Basic realm="x", Bearer realm=/,
  );
});

test("a password goes for everything", async () => {
  const { ask } = open({ auth: { scheme: "basic", ...alice } });
  assert.equal((await ask(POST)).status, 401);
  const headers = { authorization: basic };
  assert.equal((await ask(POST, { headers })).status, 202);
});
