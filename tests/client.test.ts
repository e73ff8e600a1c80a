import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Client, tarDirectory } from "../mod.ts";
import { withDockerRegistry } from "./support/docker_registry.ts";
import { skipWithout } from "./support/peers.ts";
import { runOk } from "./support/run.ts";
import { withTempDir } from "./support/temp_dir.ts";

test("the example of the Go package pushes to a real registry", {
  skip: skipWithout("docker-registry", "htpasswd", "skopeo"),
}, async () => {
  const account = { user: "philpearl", password: "sekret" };
  await withDockerRegistry(
    { htpasswd: account },
    ({ host }) =>
      withTempDir(async (dir) => {
        const testdata = join(dir, "testdata");
        mkdirSync(testdata);
        writeFileSync(join(testdata, "app"), "#!/bin/sh\n", { mode: 0o755 });

        const client = new Client({
          dir: testdata,
          name: "philpearl/test",
          baseUrl: `http://${host}`,
          tags: ["latest", "1.0"],
          ...account,
        });
        client.token = await client.auth();
        const { digest, reference } = await client.buildImage(
          { Entrypoint: ["/app"] },
          tarDirectory(testdata),
        );

        assert.equal(reference, `${host}/philpearl/test@${digest}`);
        for (const tag of ["latest", "1.0"]) {
          const inspected = JSON.parse(
            await runOk("skopeo", [
              "inspect",
              "--tls-verify=false",
              `--creds=${account.user}:${account.password}`,
              `docker://${host}/philpearl/test:${tag}`,
            ]),
          );
          assert.equal(inspected.Digest, digest);
          assert.equal(inspected.Layers.length, 1);
        }
      }),
  );
});

test("a layer may be bytes as well as a stream of them", {
  skip: skipWithout("docker-registry"),
}, async () => {
  await withDockerRegistry({}, ({ host }) =>
    withTempDir(async (dir) => {
      writeFileSync(join(dir, "app"), "x");
      const client = new Client({ name: "a/b", baseUrl: `http://${host}` });
      assert.equal(await client.auth(), "");
      const bytes = await new Response(tarDirectory(dir)).arrayBuffer();
      const fromBytes = await client.buildImage({}, new Uint8Array(bytes));
      const fromStream = await client.buildImage({}, tarDirectory(dir));
      assert.equal(fromBytes.digest, fromStream.digest);
    }));
});

test("a wrong password is refused", {
  skip: skipWithout("docker-registry", "htpasswd"),
}, async () => {
  const htpasswd = { user: "alice", password: "s3cret" };
  await withDockerRegistry({ htpasswd }, async ({ host }) => {
    const client = new Client({
      name: "a/b",
      baseUrl: `http://${host}`,
      user: "alice",
      password: "wrong-sekret",
    });
    await assert.rejects(client.auth(), (error: Error & { status: number }) => {
      assert.equal(error.status, 401);
      assert.ok(!error.message.includes("wrong-sekret"));
      return true;
    });
  });
});

for (
  const baseUrl of [
    "",
    "ghcr.io",
    "ftp://ghcr.io",
    "https://ghcr.io/v2/",
    "https://me:sekret@ghcr.io",
  ]
) {
  test(`refused as a base URL: ${JSON.stringify(baseUrl)}`, async () => {
    const client = new Client({ name: "a/b", baseUrl });
    await assert.rejects(client.auth(), (error: Error & { code: string }) => {
      assert.equal(error.code, "USAGE");
      assert.ok(!error.message.includes("sekret"));
      return true;
    });
  });
}
