import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  createImage,
  createLayer,
  directory,
  push,
  Registry,
} from "../../mod.ts";
import { withCertificates } from "../support/certificates.ts";
import { withDockerRegistry } from "../support/docker_registry.ts";
import { skipWithout } from "../support/peers.ts";
import { proxyServer } from "../support/proxy_server.ts";
import { runCli, runCliOk } from "../support/run_cli.ts";
import { runOk } from "../support/run.ts";
import { withServer } from "../support/with_server.ts";

const hello = fileURLToPath(new URL("../../examples/hello", import.meta.url));
const build = [hello, "--entrypoint", "/hello"];
const skip = skipWithout("docker-registry", "htpasswd", "openssl", "skopeo");
const htpasswd = { user: "alice", password: "s3cret" };

test("a registry with a private authority is pushed to, and pushed to again", {
  skip,
}, async () => {
  await withCertificates(async ({ server: tls, ca, directory }) => {
    await withDockerRegistry({ tls, htpasswd }, async ({ host, requests }) => {
      const reference = `${host}/team/hello:v1`;
      const args = ["push", ...build, reference];
      const account = {
        SCRATCHBUILD_USERNAME: htpasswd.user,
        SCRATCHBUILD_PASSWORD: htpasswd.password,
      };
      const untrusted = await runCli(args, { env: account });
      assert.equal(untrusted.code, 4);
      assert.match(untrusted.stderr, /Cannot reach .*: TLS failed/);

      const puts = async () =>
        (await requests()).filter(({ method }) => method === "PUT").length;
      const env = { ...account, SSL_CERT_FILE: ca.certFile };
      const first = await runCliOk(args, { env });
      assert.equal(await puts(), 3);
      // The way that the runtimes themselves have.
      const extra = { ...account, NODE_EXTRA_CA_CERTS: ca.certFile };
      assert.equal(await runCliOk(args, { env: extra }), first);
      assert.equal(await puts(), 3, "nothing is sent again");

      const certificates = join(directory, "skopeo");
      await mkdir(certificates);
      await writeFile(join(certificates, "ca.crt"), ca.cert);
      const seen = await runOk("skopeo", [
        ...["inspect", "--cert-dir", certificates],
        ...["--creds", `${htpasswd.user}:${htpasswd.password}`],
        `docker://${reference}`,
      ]);
      assert.ok(first.includes(JSON.parse(seen).Digest), first);
    });
  });
});

test("a registry is pushed to through a proxy, by the options of a program", {
  skip,
}, async () => {
  await withCertificates(async ({ server: tls, ca }) => {
    await withDockerRegistry({ tls }, async ({ host }) => {
      const proxy = proxyServer();
      await withServer(proxy.server, async (port) => {
        const name = host.replace("127.0.0.1", "registry.test");
        const layer = await createLayer(directory(hello));
        const image = await createImage({ layers: [layer] });
        const registry = new Registry(`${name}/team/hello:v1`, {
          ca: ca.cert,
          env: { HTTPS_PROXY: `http://127.0.0.1:${port}` },
        });
        await push(image, registry);
        assert.deepEqual(new Set(proxy.requests), new Set([`CONNECT ${name}`]));
      });
    });
  });
});
