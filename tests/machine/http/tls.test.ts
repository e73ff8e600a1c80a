import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer, type ServerOptions } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ConnectionOptions } from "../../../src/machine/http/connection_options.ts";
import { nodeClient } from "../../../src/machine/http/node_client.ts";
import { networkError } from "../../../src/registry/http/network_error.ts";
import { withCertificates } from "../../support/certificates.ts";
import { skipWithout } from "../../support/peers.ts";
import { run } from "../../support/run.ts";
import { runModule } from "../../support/run_module.ts";
import { runtime } from "../../support/runtime.ts";
import { withServer } from "../../support/with_server.ts";

const skip = skipWithout("openssl");

/** A server that tells what it was asked for, once TLS is agreed on. */
function tlsServer(options: ServerOptions) {
  return createServer(options, (incoming, response) => {
    let size = 0;
    incoming.on("data", (chunk) => size += chunk.length);
    incoming.on("end", () => response.end(`${incoming.method} ${size}`));
  }).on("tlsClientError", () => {});
}

async function ask(url: string, options: ConnectionOptions): Promise<string> {
  // The machine's own proxies and certificates are no part of this.
  const how = { env: {}, certificateDirectories: [], ...options };
  const client = nodeClient({ registry: new URL(url), ...how });
  const got = await (await client.fetch(new Request(url))).text();
  const body = new Blob([new Uint8Array(100_000)]);
  const sent = { url: new URL(url), method: "PUT", headers: {}, body };
  return `${got}, ${await (await client.upload(sent)).text()}`;
}

/** What a person is told about a failure. */
async function failure(url: string, options: ConnectionOptions) {
  let message = "";
  await assert.rejects(ask(url, options), (error: Error & { code: string }) => {
    const isOurs = error.name === "ScratchbuildError";
    message = isOurs
      ? error.message
      : networkError(new URL(url), error).message;
    return true;
  });
  return message;
}

test(
  "a private authority is trusted where it is named, and only there (rule 13: http fallback)",
  { skip },
  async () => {
    await withCertificates(async ({ directory, server, ca }) => {
      await withServer(tlsServer(server), async (port) => {
        const url = `https://localhost:${port}/`;
        const done = "GET 0, PUT 100000";
        assert.match(await failure(url, {}), /TLS failed/);
        assert.equal(await ask(url, { ca: ca.cert }), done);
        assert.equal(await ask(url, { ca: [ca.cert, ca.cert] }), done);
        assert.equal(
          await ask(`https://127.0.0.1:${port}/`, { ca: ca.cert }),
          done,
        );
        const env = { SSL_CERT_FILE: ca.certFile };
        assert.equal(await ask(url, { env }), done);

        const certificateDirectories = [directory];
        await mkdir(join(directory, "localhost:1"));
        await writeFile(join(directory, "localhost:1", "ca.crt"), ca.cert);
        assert.match(
          await failure(url, { certificateDirectories }),
          /TLS failed/,
        );
        await mkdir(join(directory, `localhost:${port}`));
        await writeFile(
          join(directory, `localhost:${port}`, "ca.crt"),
          ca.cert,
        );
        assert.equal(await ask(url, { certificateDirectories }), done);
      });
    });
  },
);

test("Deno that does not permit to read what it trusts is told of", {
  skip: runtime !== "deno" && "is of Deno",
}, async () => {
  await withCertificates(async ({ directory, server, ca }) => {
    await withServer(tlsServer(server), async (port) => {
      const file = (path: string) =>
        fileURLToPath(new URL(`../../../${path}`, import.meta.url));
      const { stderr } = await run(process.execPath, [
        ...["run", "--quiet", "--no-prompt", `--config=${file("deno.json")}`],
        ...["--allow-net", "--allow-env=SSL_CERT_FILE"],
        `--allow-read=${directory}`,
        file("tests/support/fetch_once.ts"),
        `https://localhost:${port}/`,
      ], { env: { SSL_CERT_FILE: ca.certFile } });
      assert.match(stderr, /pass --allow-sys and --allow-env/);
      assert.doesNotMatch(stderr, /damaged/);
    });
  });
});

test("what the runtime trusts by itself stays trusted", { skip }, async () => {
  await withCertificates(async ({ server, ca }) => {
    await withServer(tlsServer(server), async (port) => {
      await withCertificates(async ({ ca: other }) => {
        const url = `https://localhost:${port}/`;
        const env = {
          NODE_EXTRA_CA_CERTS: ca.certFile,
          SSL_CERT_FILE: other.certFile,
        };
        const path = "tests/support/fetch_once.ts";
        const { stdout, stderr } = await runModule(path, [url], { env });
        assert.equal(stdout.trim(), "200 GET 0", stderr);
      });
    });
  });
});

test("a certificate for another name is refused", { skip }, async () => {
  await withCertificates(async ({ client, ca }) => {
    await withServer(tlsServer(client), async (port) => {
      const url = `https://localhost:${port}/`;
      assert.match(await failure(url, { ca: ca.cert }), /TLS failed/);
    });
  });
});

test(
  "the registry gets to know the client by its certificate",
  { skip },
  async () => {
    await withCertificates(async ({ directory, server, client, ca }) => {
      const wanting = {
        ...server,
        ca: ca.cert,
        requestCert: true,
        rejectUnauthorized: true,
      };
      await withServer(tlsServer(wanting), async (port) => {
        const url = `https://localhost:${port}/`;
        const trusted = { ca: ca.cert };
        const { cert, key } = client;
        const done = "GET 0, PUT 100000";
        assert.match(await failure(url, trusted), /Cannot reach localhost/);
        assert.equal(await ask(url, { ...trusted, cert, key }), done);

        const certificateDirectories = [join(directory, "none"), directory];
        const own = join(directory, `localhost:${port}`);
        await mkdir(own);
        await writeFile(join(own, "client.cert"), cert);
        assert.match(
          await failure(url, { ...trusted, certificateDirectories }),
          /client\.key, is not beside it/,
        );
        await writeFile(join(own, "client.key"), key);
        assert.equal(
          await ask(url, { ...trusted, certificateDirectories }),
          done,
        );

        // Another host than the registry's own does not get to see it.
        const elsewhere = nodeClient({
          registry: new URL("https://registry.test/"),
          env: {},
          certificateDirectories: [],
          allowHosts: ["localhost"],
          ...trusted,
          cert,
          key,
        });
        await assert.rejects(elsewhere.fetch(new Request(url)));
      });
    });
  },
);

test("certificates that are none are told of", { skip }, async () => {
  await withCertificates(async ({ server, client, directory }) => {
    await withServer(tlsServer(server), async (port) => {
      const url = `https://localhost:${port}/`;
      const { cert } = client;
      const cases: [ConnectionOptions, RegExp][] = [
        [{ ca: "nothing" }, /no certificate in PEM form/],
        [{ cert, key: server.key }, /the key is not that of the certificate/],
        [
          { env: { SSL_CERT_FILE: join(directory, "missing") } },
          /SSL_CERT_FILE, .*missing: it does not exist/,
        ],
      ];
      for (const [options, why] of cases) {
        assert.match(await failure(url, options), why);
      }
    });
  });
});

test("TLS that is not spoken, or stalls, is told of in time (rule 13: http fallback)", async () => {
  let asked = 0;
  const plain = createHttpServer((_, response) => response.end(`${asked++}`));
  await withServer(plain, async (port) => {
    const url = `https://localhost:${port}/`;
    assert.match(await failure(url, {}), /it does not speak https/);
    assert.equal(asked, 0, "nothing goes by plain http instead");
  });
  const silent = createTcpServer((socket) => void socket.resume());
  await withServer(silent, async (port) => {
    const began = performance.now();
    const url = `https://127.0.0.1:${port}/`;
    const told = await failure(url, { connectTimeout: 100 });
    assert.match(told, /it did not answer in time/);
    assert.ok(performance.now() - began < 5000);
  });
});

test("an answer may take longer than a connection", async () => {
  const slow = createHttpServer((_, response) => {
    setTimeout(() => response.end("late"), 150);
  });
  await withServer(slow, async (port) => {
    const registry = new URL(`http://127.0.0.1:${port}/`);
    const { fetch } = nodeClient({ registry, connectTimeout: 50, env: {} });
    for (let i = 0; i < 2; i++) {
      assert.equal(await (await fetch(new Request(registry))).text(), "late");
    }
  });
});
