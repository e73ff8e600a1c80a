import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { withDockerRegistry } from "../support/docker_registry.ts";
import { skipWithout } from "../support/peers.ts";
import { runCli, runCliOk } from "../support/run_cli.ts";
import { runOk } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";

const hello = fileURLToPath(new URL("../../examples/hello", import.meta.url));
const build = [hello, "--entrypoint", "/hello"];
const skip = skipWithout("docker-registry", "skopeo");
const skipAccounts = skipWithout("docker-registry", "htpasswd", "skopeo");
const htpasswd = { user: "alice", password: "s3cret: ü" };

/** Fails as the command line promises: a status, and one line that says why. */
async function fails(
  args: string[],
  status: number,
  why: RegExp,
  input = "",
): Promise<void> {
  const { code, stdout, stderr } = await runCli(args, { input });
  assert.equal(code, status, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, why);
  assert.doesNotMatch(stderr, /^ +at /m);
  assert.doesNotMatch(stderr, /s3cret/);
}

test("skopeo reads what push put into a registry", { skip }, async () => {
  await withDockerRegistry({}, async ({ host }) => {
    const name = `${host}/team/hello`;
    const args = ["push", ...build, `${name}:v1`, "--tag", "latest"];
    const stdout = await runCliOk(args);
    const [, digest] = stdout.match(/@(sha256:[\da-f]{64})\n$/) ?? [];
    for (
      const reference of [`${name}:v1`, `${name}:latest`, `${name}@${digest}`]
    ) {
      const seen = await runOk("skopeo", [
        ...["inspect", "--tls-verify=false", `docker://${reference}`],
      ]);
      assert.equal(JSON.parse(seen).Digest, digest, stdout);
    }
    await withTempDir((directory) =>
      runOk("skopeo", [
        ...["--insecure-policy", "copy", "--quiet", "--src-tls-verify=false"],
        ...[`docker://${name}:v1`, `dir:${directory}/copy`],
      ])
    );
  });
});

test("skopeo reads an image in Docker's format", { skip }, async () => {
  await withDockerRegistry({}, async ({ host }) => {
    const reference = `${host}/team/hello:v1`;
    await runCliOk(["push", ...build, "--format", "docker", reference]);
    const source = ["--tls-verify=false", `docker://${reference}`];
    const raw = await runOk("skopeo", ["inspect", "--raw", ...source]);
    assert.match(raw, /vnd\.docker/);
    assert.doesNotMatch(raw, /vnd\.oci/);
    const seen = await runOk("skopeo", ["inspect", ...source]);
    assert.equal(JSON.parse(seen).Os, "linux");
  });
});

test("a second push sends no blob again", { skip }, async () => {
  await withDockerRegistry({}, async ({ host, requests }) => {
    const uploads = async () =>
      (await requests()).filter(({ method, path }) =>
        method !== "GET" && path.includes("/blobs/uploads/")
      );
    const args = ["push", ...build, `${host}/team/hello:v1`];
    const first = await runCliOk(args);
    const sent = await uploads();
    // One blob is the layer, the other one the configuration.
    assert.equal(sent.filter(({ method }) => method === "PUT").length, 2);
    assert.ok(sent.every(({ status }) => status < 300));
    assert.equal(await runCliOk(args), first);
    assert.deepEqual(await uploads(), sent);
  });
});

test("push authenticates with --username and --password-stdin", {
  skip: skipAccounts,
}, async () => {
  await withDockerRegistry({ htpasswd }, async ({ host }) => {
    const reference = `${host}/team/hello:v1`;
    await runCliOk([
      ...["push", ...build, reference],
      ...["--username", htpasswd.user, "--password-stdin"],
    ], { input: `${htpasswd.password}\n` });
    const account = `${htpasswd.user}:${htpasswd.password}`;
    await runOk("skopeo", [
      ...["inspect", "--tls-verify=false", "--creds", account],
      `docker://${reference}`,
    ]);
  });
});

test("a wrong password and a missing one exit with status 3", {
  skip: skipAccounts,
}, async () => {
  await withDockerRegistry({ htpasswd }, async ({ host }) => {
    const args = ["push", ...build, `${host}/team/hello:v1`];
    await fails(args, 3, /Cannot push .*401/);
    await fails(
      [...args, "--username", htpasswd.user, "--password-stdin"],
      3,
      /Cannot push .*401/,
      "s3cret, but wrong\n",
    );
  });
});

test("a host that is no registry exits with status 4", async () => {
  const server = createServer((_, response) => {
    response.writeHead(404).end("nothing here");
  });
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve())
  );
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const reference = `127.0.0.1:${port}/team/hello:v1`;
  try {
    await fails(["push", ...build, reference], 4, /Cannot push .*404/);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await fails(["push", ...build, reference], 4, /Cannot /);
});
