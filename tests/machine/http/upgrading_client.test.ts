import assert from "node:assert/strict";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { test } from "node:test";
import { nodeClient } from "../../../src/machine/http/node_client.ts";
import { upgradingClient } from "../../../src/machine/http/upgrading_client.ts";
import { withCertificates } from "../../support/certificates.ts";
import { skipWithout } from "../../support/peers.ts";
import { rawServer, withServer } from "../../support/with_server.ts";

const skip = skipWithout("openssl");
const REFUSED = "Client sent an HTTP request to an HTTPS server.\n";

type Answer = ["400" | "200" | "failed", string];

/** A client whose server speaks TLS, and tells so in its own way. */
function clientOf(plain: Answer, secure: Answer) {
  const asked: string[] = [];
  const answer = (url: URL, method: string) => {
    asked.push(url.protocol);
    const [status, text] = url.protocol === "http:" ? plain : secure;
    if (status === "failed") {
      throw Object.assign(new Error("failed"), { code: text });
    }
    const headers = {
      location: `https://localhost:5000/v2/up?u=https://localhost:5000/`,
      link: `<https://localhost:5000/v2/tags>; rel="next"`,
      "x-other": "https://localhost:5000/",
    };
    const body = method === "HEAD" ? null : text;
    return new Response(body, { status: Number(status), headers });
  };
  const registry = new URL("http://localhost:5000/v2/");
  const client = upgradingClient({
    fetch: (request) =>
      Promise.resolve().then(() =>
        answer(new URL(request.url), request.method)
      ),
    upload: ({ url, method }) =>
      Promise.resolve().then(() => answer(url, method)),
  }, registry);
  const get = (url: string = registry.href) => client.fetch(new Request(url));
  const head = () => client.fetch(new Request(registry, { method: "HEAD" }));
  const put = () =>
    client.upload({
      url: registry,
      method: "PUT",
      headers: {},
      body: new Blob(["a"]),
    });
  return { asked, get, head, put };
}

test("a registry that answers that it speaks TLS is asked by TLS from then on", async () => {
  const words = [
    REFUSED,
    "<h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port",
    "Reason: You're speaking plain HTTP to an SSL-enabled server port.",
  ];
  for (const text of words) {
    const { asked, get, put } = clientOf(["400", text], ["200", "ok"]);
    const response = await get();
    assert.equal(await response.text(), "ok");
    // It stays at the URL that it was asked by, to those who ask.
    const { headers } = response;
    assert.equal(
      headers.get("location"),
      "http://localhost:5000/v2/up?u=https://localhost:5000/",
    );
    assert.equal(
      headers.get("link"),
      `<http://localhost:5000/v2/tags>; rel="next"`,
    );
    assert.equal(headers.get("x-other"), "https://localhost:5000/");
    await get();
    assert.match((await put()).headers.get("location") ?? "", /^http:/);
    assert.deepEqual(asked, ["http:", "https:", "https:", "https:"]);
    await get("http://localhost:5001/v2/");
    assert.equal(asked.at(-1), "http:", "it alone is");
  }
});

test("an answer to HEAD has no words, so that they are asked for", async () => {
  const { asked, head } = clientOf(["400", REFUSED], ["200", "ok"]);
  for (let i = 0; i < 2; i++) assert.equal((await head()).status, 200);
  assert.deepEqual(asked, ["http:", "http:", "https:", "https:"]);
  const other = clientOf(["400", "no"], ["200", "ok"]);
  for (let i = 0; i < 2; i++) assert.equal((await other.head()).status, 400);
  assert.deepEqual(other.asked, ["http:", "http:", "http:"]);
});

test("a registry that speaks http is asked by http, whatever it answers later", async () => {
  const { asked, get, put } = clientOf(["200", REFUSED], ["200", "ok"]);
  for (let i = 0; i < 2; i++) assert.equal(await (await get()).text(), REFUSED);
  await put();
  assert.deepEqual(asked, ["http:", "http:", "http:"]);
  const other = clientOf(["400", "no"], ["200", "ok"]);
  const response = await other.get();
  assert.equal(response.status, 400);
  assert.equal(await response.text(), "no");
  assert.deepEqual(other.asked, ["http:"]);
});

test("what fails by both is told of as what it is, never by http after TLS (rule 13: http fallback)", async () => {
  const untrusted: Answer = ["failed", "SELF_SIGNED_CERT_IN_CHAIN"];
  for (
    const [plain, secure, code, asked] of [
      [["400", REFUSED], untrusted, untrusted[1], 2],
      [["failed", "ECONNRESET"], untrusted, untrusted[1], 2],
      [["failed", "HPE_INVALID_CONSTANT"], untrusted, untrusted[1], 2],
      [["failed", "ECONNRESET"], ["failed", "EPROTO"], "ECONNRESET", 2],
      [["failed", "ECONNREFUSED"], ["200", "ok"], "ECONNREFUSED", 1],
    ] as const
  ) {
    const client = clientOf([...plain], [...secure]);
    await assert.rejects(client.get(), { code });
    assert.equal(client.asked.length, asked);
  }
});

test("the question for the words stops with the request", async () => {
  const reason = new Error("enough");
  const registry = new URL("http://localhost:5000/v2/");
  const client = upgradingClient({
    fetch: ({ method, signal }) =>
      method === "HEAD"
        ? Promise.resolve(new Response(null, { status: 400 }))
        : new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    upload: () => Promise.reject(new Error("nothing is sent")),
  }, registry);
  const controller = new AbortController();
  const { signal } = controller;
  setTimeout(() => controller.abort(reason), 10);
  await assert.rejects(
    client.fetch(new Request(registry, { method: "HEAD", signal })),
    reason,
  );
});

test("real servers are gone over to TLS with", { skip }, async () => {
  await withCertificates(async ({ server, ca }) => {
    const secure = createServer(server, (_, response) => response.end("ok"));
    secure.on("tlsClientError", () => {});
    await withServer(secure, async (port) => {
      const registry = new URL(`http://localhost:${port}/v2/`);
      const options = { registry, env: {}, certificateDirectories: [] };
      const trusting = nodeClient({ ...options, ca: ca.cert });
      const { fetch } = upgradingClient(trusting, registry);
      for (let i = 0; i < 2; i++) {
        assert.equal(await (await fetch(new Request(registry))).text(), "ok");
      }
      const { fetch: untrusting } = upgradingClient(
        nodeClient(options),
        registry,
      );
      await assert.rejects(
        untrusting(new Request(registry)),
        (error: Error) => {
          assert.match(`${(error as { code?: string }).code}`, /VERIFY|CERT/);
          return true;
        },
      );
    });
  });
});

test("a plain server that hangs up stays what it is", async () => {
  const server = rawServer("", (socket) => socket.destroy());
  await withServer(server, async (port) => {
    const registry = new URL(`http://localhost:${port}/v2/`);
    const client = nodeClient({ registry, env: {} });
    const { fetch } = upgradingClient(client, registry);
    await assert.rejects(fetch(new Request(registry)), { code: "ECONNRESET" });
  });
  const plain = createHttpServer((_, response) => {
    response.writeHead(400).end("no");
  });
  await withServer(plain, async (port) => {
    const registry = new URL(`http://localhost:${port}/v2/`);
    const client = nodeClient({ registry, env: {} });
    const { fetch } = upgradingClient(client, registry);
    assert.equal((await fetch(new Request(registry))).status, 400);
  });
});
