import assert from "node:assert/strict";
import { test } from "node:test";
import { runInProcess } from "./run_in_process.ts";
import { type Answer, takesAll, withRegistry } from "./with_registry.ts";

const SECRET = "hunter2-secret";
const BASIC = `Basic ${btoa(`me:${SECRET}`)}`;
const env = { SCRATCHBUILD_USERNAME: "me", SCRATCHBUILD_PASSWORD: SECRET };

/** A registry with tokens, which lets its one user do what it is told. */
function tokenRegistry(actions: string): Answer {
  return (request, response) => {
    const { host, authorization } = request.headers;
    if (request.url?.startsWith("/token")) {
      const isKnown = authorization === BASIC;
      const body = isKnown ? { token: `t-${actions}`, expires_in: 300 } : {};
      response.writeHead(isKnown ? 200 : 401).end(JSON.stringify(body));
    } else if (authorization !== `Bearer t-${actions}`) {
      const challenge = `Bearer realm="http://${host}/token",service="test"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
    } else if (request.method === "POST" && !actions.includes("push")) {
      const errors = [{ code: "DENIED", message: "read only" }];
      response.writeHead(403).end(JSON.stringify({ errors }));
    } else takesAll(request, response);
  };
}

test("auth shows what it found, and ends with 0 where a push is allowed", () =>
  withRegistry(tokenRegistry("pull,push"), async (host) => {
    const argv = ["auth", `${host}/me/app:1.0`];
    const { status, stdout, stderr } = await runInProcess(argv, { env });
    assert.equal(status, 0, stderr);
    assert.equal(stderr, "");
    const from = "SCRATCHBUILD_USERNAME and SCRATCHBUILD_PASSWORD";
    const realm = `http://${host}/token`;
    assert.equal(
      stdout,
      `repository  ${host}/me/app\n` +
        `credential  password of me, from ${from}\n` +
        `asks for    a bearer token of ${realm} for test, good for 300 s\n` +
        "asked for   repository:me/app:pull,push\n" +
        "may pull    yes\nmay push    yes\n",
    );
  }));

test("auth ends with 3 where a push is refused, and says why", () =>
  withRegistry(tokenRegistry("pull"), async (host) => {
    const argv = ["auth", `${host}/me/app`, "--json"];
    const { status, stdout, stderr } = await runInProcess(argv, { env });
    assert.equal(status, 3);
    assert.match(stderr, /^scratchbuild: Cannot push [^\n]*read only[^\n]*\n$/);
    const { refusal, ...document } = JSON.parse(stdout);
    assert.equal(stderr, `scratchbuild: ${refusal}\n`);
    assert.deepEqual(document, {
      version: 1,
      registry: host,
      repository: "me/app",
      credential: "password",
      username: "me",
      source: "SCRATCHBUILD_USERNAME and SCRATCHBUILD_PASSWORD",
      lookedIn: [],
      scheme: "bearer",
      realm: `http://${host}/token`,
      service: "test",
      scopesAsked: ["repository:me/app:pull,push"],
      expiresIn: 300,
      mayPull: true,
      mayPush: false,
    });
  }));

test("nothing secret is in what auth shows (rule 11: redaction)", () =>
  withRegistry(tokenRegistry("pull"), async (host) => {
    const cases: [flags: string[], env: Record<string, string>][] = [
      [[], { ...env, SCRATCHBUILD_PASSWORD: `${SECRET}-wrong` }],
      [[], env],
      [["--token", SECRET], {}],
      [["--username", "me", "--password", SECRET], {}],
      [[], {
        DOCKER_AUTH_CONFIG: JSON.stringify({
          auths: { [host]: { auth: BASIC.slice(6) } },
        }),
      }],
      [[], {
        DOCKER_AUTH_CONFIG: JSON.stringify({
          auths: { [host]: { identitytoken: SECRET } },
        }),
      }],
    ];
    for (const [flags, env] of cases) {
      for (const json of [[], ["--json"]]) {
        const argv = ["auth", `${host}/app`, ...flags, ...json];
        const { status, stdout, stderr } = await runInProcess(argv, { env });
        assert.equal(status, 3, stderr);
        const shown = stdout + stderr;
        assert.ok(!shown.includes(SECRET), shown);
        assert.ok(!shown.includes(BASIC.slice(6)), shown);
        assert.ok(!shown.includes("t-pull"), shown);
      }
    }
  }));

test("without a credential, auth says where it looked", () =>
  withRegistry(tokenRegistry("pull,push"), async (host) => {
    const { status, stdout, stderr } = await runInProcess(
      ["auth", `${host}/app`],
    );
    assert.equal(status, 3, stderr);
    assert.match(stdout, /^credential {2}none$/m);
    assert.match(stdout, /\/config\.json: not there$/m);
    assert.match(stderr, /^scratchbuild: Cannot [^\n]*log in[^\n]*\n$/);
  }));

test("a registry that answers neither yes nor no is status 4", () =>
  withRegistry((request, response) => {
    if (request.method !== "POST") return takesAll(request, response);
    const errors = [{ code: "NAME_UNKNOWN", message: "create it first" }];
    response.writeHead(404).end(JSON.stringify({ errors }));
  }, async (host) => {
    const argv = ["auth", `${host}/app`];
    const { status, stdout, stderr } = await runInProcess(argv);
    assert.equal(status, 4);
    assert.match(stdout, /^may push {4}unknown$/m);
    assert.match(
      stderr,
      /^scratchbuild: Cannot [^\n]*create it first[^\n]*\n$/,
    );
  }));

test("auth takes one repository", async () => {
  const cases: [argv: string[], why: RegExp][] = [
    [[], /name one, as in scratchbuild auth ghcr\.io\/me\/app/],
    [["a", "b"], /Cannot use 2 arguments: there is one/],
    [["oci:dir"], /write a repository in a registry/],
    [["a/B"], /upper-case/],
    [["a", "--tag", "x"], /--tag: no such flag/],
  ];
  for (const [args, why] of cases) {
    const { status, stderr } = await runInProcess(["auth", ...args]);
    assert.equal(status, 2, stderr);
    assert.match(stderr, why);
  }
});
