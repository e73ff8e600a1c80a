import assert from "node:assert/strict";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { test } from "node:test";
import {
  nodeClient,
  type NodeClientOptions,
} from "../../../src/machine/http/node_client.ts";
import { isTransient } from "../../../src/registry/http/network_error.ts";
import { withCertificates } from "../../support/certificates.ts";
import { skipWithout } from "../../support/peers.ts";
import { proxyServer } from "../../support/proxy_server.ts";
import { runModule } from "../../support/run_module.ts";
import { withServer } from "../../support/with_server.ts";

const skip = skipWithout("openssl");
const account = "alice:s3cret: ü";
const inUrl = "alice:s3cret%3A%20%C3%BC@";

type Failure = Error & { code?: string };

/** Gets something and sends something, by one client. */
async function ask(
  url: string,
  options: Partial<NodeClientOptions>,
): Promise<string> {
  const client = nodeClient({
    registry: new URL(url),
    certificateDirectories: [],
    ...options,
  });
  const texts: string[] = [];
  for (let i = 0; i < 2; i++) {
    texts.push(await (await client.fetch(new Request(url))).text());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const body = new Blob([new Uint8Array(200_000)]);
  const sent = { url: new URL(url), method: "PUT", headers: {}, body };
  texts.push(await (await client.upload(sent)).text());
  return texts.join(", ");
}

const echo: Parameters<typeof createHttpServer>[1] = (incoming, response) => {
  let size = 0;
  incoming.on("data", (chunk) => size += chunk.length);
  incoming.on("end", () => {
    const { method, url, headers } = incoming;
    const seen = headers["proxy-authorization"] ? " seen" : "";
    response.end(`${method} ${headers.host}${url} ${size}${seen}`);
  });
};

test("https goes through a tunnel, which is used again", { skip }, async () => {
  await withCertificates(async ({ server, ca }) => {
    const target = createServer(server, echo);
    await withServer(target, async (port) => {
      for (const tls of [undefined, server]) {
        const proxy = proxyServer({ account: utf8(account), tls });
        await withServer(proxy.server, async (proxyPort) => {
          const scheme = tls ? "https" : "http";
          const HTTPS_PROXY = `${scheme}://${inUrl}localhost:${proxyPort}`;
          // No such name is known here: it is the proxy's to look it up.
          const host = `registry.test:${port}`;
          const told = await ask(`https://${host}/a?b`, {
            env: { HTTPS_PROXY },
            ca: ca.cert,
          });
          const got = `GET ${host}/a?b 0`;
          assert.equal(told, `${got}, ${got}, PUT ${host}/a?b 200000`);
          assert.deepEqual(
            proxy.requests,
            [`CONNECT ${host}`, `CONNECT ${host}`],
          );
        });
      }
    });
  });
});

test("TLS is agreed on with the host behind the tunnel", { skip }, async () => {
  await withCertificates(async ({ server, ca }) => {
    await withServer(createServer(server, echo), async (port) => {
      const proxy = proxyServer();
      await withServer(proxy.server, async (proxyPort) => {
        const env = { HTTPS_PROXY: `127.0.0.1:${proxyPort}` };
        const url = `https://other.test:${port}/`;
        await assert.rejects(ask(url, { env, ca: ca.cert }), {
          code: "ERR_TLS_CERT_ALTNAME_INVALID",
        });
      });
    });
  });
});

test("http is asked of the proxy, which alone sees its account", async () => {
  await withServer(createHttpServer(echo), async (port) => {
    const proxy = proxyServer({ account: utf8(account) });
    await withServer(proxy.server, async (proxyPort) => {
      const host = `registry.test:${port}`;
      const env = { http_proxy: `http://${inUrl}127.0.0.1:${proxyPort}` };
      const told = await ask(`http://${host}/a%2F?b#c`, { env });
      const got = `GET ${host}/a%2F?b 0`;
      // The proxy of the test passes all headers on.
      assert.equal(
        told.replaceAll(" seen", ""),
        `${got}, ${got}, PUT ${host}/a%2F?b 200000`,
      );
      assert.equal(proxy.requests[0], `GET http://${host}/a%2F?b`);
      assert.equal(proxy.requests.length, 3);
    });
  });
});

test("NO_PROXY, and this machine, are asked without the proxy", async () => {
  await withServer(createHttpServer(echo), async (port) => {
    const HTTP_PROXY = "http://127.0.0.1:1";
    const local = `http://127.0.0.1:${port}/`;
    assert.match(await ask(local, { env: { HTTP_PROXY } }), /^GET/);
    const told = await ask(`http://registry.test:${port}/`, {
      env: { HTTP_PROXY, NO_PROXY: "registry.test" },
      lookup: (_, options, callback) => {
        const found = { address: "127.0.0.1", family: 4 };
        if (options.all) callback(null, [found]);
        else callback(null, found.address, found.family);
      },
    });
    assert.match(told, /^GET/);
  });
});

test("a proxy that refuses, or is not there, is what is told of", async () => {
  const cases = [
    ["https", { account: "a:b" }, /proxy .* answered 407.*HTTPS_PROXY/, false],
    ["http", { account: "a:b" }, /proxy .* answered 407.*HTTP_PROXY/, false],
    ["https", { connectStatus: 403 }, /answered 403.*NO_PROXY/, false],
    ["https", { connectStatus: 503 }, /answered 503/, true],
  ] as const;
  for (const [scheme, options, why, isPassing] of cases) {
    const { server } = proxyServer(options);
    await withServer(server, async (port) => {
      const proxy = `http://alice:s3cret@127.0.0.1:${port}`;
      const env = { HTTPS_PROXY: proxy, HTTP_PROXY: proxy };
      await assert.rejects(
        ask(`${scheme}://registry.test/`, { env }),
        (error: Failure) => {
          assert.equal(error.code, "NETWORK");
          assert.match(error.message, why);
          assert.doesNotMatch(error.message, /s3cret|alice/);
          assert.equal(isTransient(error.cause), isPassing);
          return true;
        },
      );
    });
  }
  for (const scheme of ["http", "https"]) {
    const proxy = "http://alice:s3cret@127.0.0.1:1";
    await assert.rejects(
      ask(`${scheme}://registry.test/`, { env: { ALL_PROXY: proxy } }),
      (error: Failure) => {
        assert.equal(error.code, "NETWORK");
        assert.match(
          error.message,
          /Cannot reach the proxy 127\.0\.0\.1:1: connection refused.*ALL_PROXY/,
        );
        assert.doesNotMatch(error.message, /s3cret|alice/);
        assert.ok(isTransient(error.cause));
        return true;
      },
    );
  }
});

test("a proxy that never answers is given up, by time and by signal", async () => {
  let sockets = 0;
  const silent = createTcpServer((socket) => {
    sockets++;
    socket.on("close", () => sockets--);
    socket.resume();
  });
  await withServer(silent, async (port) => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    const url = "https://registry.test/";
    await assert.rejects(
      ask(url, { env, connectTimeout: 100 }),
      /Cannot reach the proxy 127.0.0.1:\d+: it did not answer in time.*HTTPS_PROXY/,
    );
    const reason = new Error("enough");
    const { fetch } = nodeClient({ registry: new URL(url), env });
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    await assert.rejects(
      fetch(new Request(url, { signal: controller.signal })),
      reason,
    );
    while (sockets > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

test(
  "a tunnel outlives the signal of whom it was made for, but keeps no process",
  {
    skip,
  },
  async () => {
    await withCertificates(async ({ server, ca }) => {
      const slow = createServer(server, (_, response) => {
        setTimeout(() => response.end("ok"), 50);
      });
      slow.keepAliveTimeout = 60_000;
      await withServer(slow, async (port) => {
        const proxy = proxyServer();
        await withServer(proxy.server, async (proxyPort) => {
          const registry = new URL(`https://registry.test:${port}/`);
          const HTTPS_PROXY = `http://127.0.0.1:${proxyPort}`;
          const options = { ca: ca.cert, certificateDirectories: [] };
          const { fetch } = nodeClient({
            ...options,
            registry,
            env: { HTTPS_PROXY },
          });
          const controller = new AbortController();
          const { signal } = controller;
          const first = await fetch(new Request(registry, { signal }));
          assert.equal(await first.text(), "ok");
          await new Promise((resolve) => setTimeout(resolve, 5));
          const second = fetch(new Request(registry));
          setTimeout(() => controller.abort(), 10);
          assert.equal(await (await second).text(), "ok");
          assert.equal(proxy.requests.length, 1);

          const env = { HTTPS_PROXY, SSL_CERT_FILE: ca.certFile };
          const began = performance.now();
          const path = "tests/support/fetch_once.ts";
          const { stdout, stderr } = await runModule(path, [registry.href], {
            env,
            timeLimit: 20_000,
          });
          assert.equal(stdout.trim(), "200 ok", stderr);
          assert.ok(performance.now() - began < 15_000);
        });
      });
    });
  },
);

/** The bytes of a text in UTF-8, each as one character. */
function utf8(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
