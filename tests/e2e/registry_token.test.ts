import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { withDockerRegistry } from "../support/docker_registry.ts";
import { skipWithout } from "../support/peers.ts";
import { runOk } from "../support/run.ts";
import { runCli, runCliOk } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { type TokenServer, withTokenServer } from "../support/token_server.ts";

const skip = skipWithout("docker-registry", "openssl", "skopeo");
const account = { user: "alice", password: "s3cret: ü" };
const build = ["examples/hello", "--entrypoint", "/hello"];

/** Lends a registry that wants tokens, and the server that gives them out. */
function withTokenRegistry(
  options: { readonly lifetime?: number },
  use: (host: string, tokens: TokenServer) => Promise<void>,
): Promise<void> {
  return withTokenServer(
    { ...account, ...options },
    (tokens) => withDockerRegistry({ tokens }, ({ host }) => use(host, tokens)),
  );
}

test("push and push again to a registry with a token server", {
  skip,
}, async () => {
  await withTokenRegistry({}, async (host, tokens) => {
    const reference = `${host}/team/hello:v1`;
    const args = [
      ...["push", ...build, reference],
      ...["--username", account.user, "--password-stdin"],
    ];
    const options = { input: `${account.password}\n` };
    const first = await runCliOk(args, options);
    // One token is enough for all blobs and the manifest.
    assert.deepEqual(tokens.requests, [{
      method: "GET",
      grant: "password",
      scopes: ["repository:team/hello:pull,push"],
      status: 200,
    }]);
    assert.equal(await runCliOk(args, options), first);
    const [, digest] = first.match(/@(sha256:[\da-f]{64})\n$/) ?? [];
    const seen = await runOk("skopeo", [
      ...["inspect", "--tls-verify=false", `docker://${reference}`],
    ]);
    assert.equal(JSON.parse(seen).Digest, digest);
  });
});

test("an identity token in Docker's file is exchanged for tokens (req-081)", {
  skip,
}, async () => {
  await withTokenRegistry({}, (host, tokens) =>
    withTempDir(async (home) => {
      const { identityToken } = tokens;
      await mkdir(join(home, ".docker"));
      await writeFile(
        join(home, ".docker", "config.json"),
        JSON.stringify({ auths: { [host]: { identitytoken: identityToken } } }),
      );
      const options = { env: { DOCKER_CONFIG: join(home, ".docker") } };
      const args = ["push", ...build, `${host}/team/hello:v1`];
      await runCliOk(args, options);
      assert.deepEqual(
        tokens.requests.map(({ method, grant }) => [method, grant]),
        [["POST", "refresh token"]],
      );
    }));
});

test("tokens of one second carry a push all the same", { skip }, async () => {
  await withTokenRegistry({ lifetime: 1 }, async (host, tokens) => {
    await runCliOk([
      ...["push", ...build, `${host}/team/hello:v1`],
      ...["--username", account.user, "--password-stdin"],
    ], { input: account.password });
    assert.ok(tokens.requests.length < 30, `${tokens.requests.length} tokens`);
  });
});

test("nobody, and a wrong password, exit with status 3", { skip }, async () => {
  await withTokenRegistry({}, async (host, tokens) => {
    const args = ["push", ...build, `${host}/team/hello:v1`];
    for (
      const [further, input] of [
        [[], ""],
        [["--username", account.user, "--password-stdin"], "wr0ng"],
      ] as const
    ) {
      const { code, stdout, stderr } = await runCli([...args, ...further], {
        input,
      });
      assert.equal(code, 3, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, /^scratchbuild: Cannot .*401/m);
      assert.doesNotMatch(stderr, /wr0ng|eyJ|Bearer [\w.-]{10}/);
    }
    assert.ok(tokens.requests.length <= 4, "it asked again and again");
  });
});
