import assert from "node:assert/strict";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer } from "node:net";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import {
  type NodeClient,
  nodeClient,
} from "../../../src/machine/http/node_client.ts";
import { runtime } from "../../support/runtime.ts";
import { run } from "../../support/run.ts";
import { runModule } from "../../support/run_module.ts";
import { rawServer, withServer } from "../../support/with_server.ts";

const MIB = 1024 * 1024;

/** Lends a client of a server, which is its registry. */
function withClient<T>(
  server: Server | ReturnType<typeof createServer>,
  use: (client: NodeClient, url: string) => Promise<T>,
): Promise<T> {
  return withServer(server, (port) => {
    const url = `http://127.0.0.1:${port}/v2/`;
    return use(nodeClient({ registry: new URL(url) }), url);
  });
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

test("bytes come as they are, whatever their encoding (fault: Content-Encoding: gzip on a blob)", async () => {
  const stored = gzipSync("x".repeat(5000));
  const server = createHttpServer((_, response) => {
    response.writeHead(200, {
      "content-encoding": "gzip",
      "content-length": stored.length,
      "set-cookie": ["a=1", "b=2"],
      "www-authenticate": ['Basic realm="a"', "Bearer"],
    });
    response.end(stored);
  });
  await withClient(server, async ({ fetch }, url) => {
    const response = await fetch(new Request(url));
    const bytes = new Uint8Array(await response.arrayBuffer());
    assert.deepEqual(bytes, new Uint8Array(stored));
    const { headers } = response;
    assert.equal(headers.get("www-authenticate"), 'Basic realm="a", Bearer');
    assert.equal(headers.get("set-cookie"), null);
  });
});

test("method, path and headers go as they are, redirects are the answer", async () => {
  const server = createHttpServer(({ method, url, headers }, response) => {
    response.writeHead(307, { location: "/other?x=%2f" });
    response.end(JSON.stringify({ method, url, headers }));
  });
  await withClient(server, async ({ fetch }, url) => {
    for (const method of ["GET", "POST", "DELETE"]) {
      const headers = { authorization: "Bearer a", accept: "a/b, c/d" };
      const request = new Request(`${url}a%2Fb?c=%2f&d`, { method, headers });
      const response = await fetch(request);
      assert.equal(response.status, 307);
      assert.equal(response.headers.get("location"), "/other?x=%2f");
      const told = await response.json();
      assert.equal(told.method, method);
      assert.equal(told.url, "/v2/a%2Fb?c=%2f&d");
      assert.equal(told.headers.authorization, "Bearer a");
      assert.equal(told.headers.accept, "a/b, c/d");
      const length = method === "POST" ? "0" : undefined;
      assert.equal(told.headers["content-length"], length);
    }
    const body = { method: "POST", body: "a=b" };
    const told = await (await fetch(new Request(url, body))).json();
    assert.equal(told.headers["content-length"], "3");
  });
});

test("one connection serves one request after the other", async () => {
  let connections = 0;
  const server = createHttpServer((incoming, response) => {
    incoming.resume();
    const { url = "" } = incoming;
    response.writeHead(url === "/v2/401" ? 401 : 200, { "content-length": 5 });
    response.end("hello");
  });
  server.on("connection", () => connections++);
  await withClient(server, async ({ fetch, upload }, url) => {
    for (let i = 0; i < 3; i++) {
      assert.equal(await (await fetch(new Request(url))).text(), "hello");
      await tick();
      const head = await fetch(new Request(url, { method: "HEAD" }));
      assert.equal(head.headers.get("content-length"), "5");
      assert.equal(head.body, null);
      await tick();
      // What nobody wants to read has come whole already.
      const refused = await fetch(new Request(`${url}401`));
      assert.equal(refused.status, 401);
      await refused.body?.cancel();
      await tick();
      const sent = { method: "PUT", headers: {}, url: new URL(url) };
      await upload({ ...sent, body: new Blob(["a"]) });
      await tick();
    }
    assert.equal(connections, 1);
    const body = new Blob([new Uint8Array(MIB)]);
    for (let i = 0; i < 2; i++) {
      await upload({ url: new URL(url), method: "PUT", headers: {}, body });
    }
    assert.equal(connections, 3, "a blob has a connection of its own");
  });
});

test("a kept connection that was closed meanwhile is no failure (fault: reset/refused before headers)", async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      // It is closed as soon as it is used again.
      socket.once("data", () => socket.destroy());
    });
  });
  await withClient(server, async ({ fetch, upload }, url) => {
    for (let i = 0; i < 3; i++) {
      assert.equal(await (await fetch(new Request(url))).text(), "ok");
      await tick();
      const sent = { method: "PUT", headers: {}, url: new URL(url) };
      const response = await upload({ ...sent, body: new Blob(["a"]) });
      assert.equal(response.status, 200);
      await tick();
    }
    assert.ok(connections > 1);
  });
});

test("no more of a body is read than its reader takes", async () => {
  let sent = 0;
  const server = createHttpServer(async (_, response) => {
    const chunk = new Uint8Array(MIB);
    response.on("error", () => {});
    for (; sent < 64; sent++) {
      if (!response.write(chunk)) {
        await new Promise<void>((resolve) =>
          response.once("drain", () => resolve())
        );
      }
    }
    response.end();
  });
  await withClient(server, async ({ fetch }, url) => {
    const response = await fetch(new Request(url));
    let before = -1;
    while (sent !== before || sent === 0) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.ok(sent <= 32, `${sent} MiB`);
    let size = 0;
    for await (const chunk of response.body ?? []) size += chunk.byteLength;
    assert.equal(size, 64 * MIB);
  });
});

test("a body that is cut short is an error (fault: truncated response)", async () => {
  for (
    const head of [
      "Content-Length: 200\r\n\r\nshort",
      "Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
    ]
  ) {
    const answer = `HTTP/1.1 200 OK\r\n${head}`;
    for (const end of ["end", "destroy"] as const) {
      const server = rawServer(answer, (socket) => {
        setTimeout(() => socket[end](), 20);
      });
      await withClient(server, async ({ fetch }, url) => {
        const response = await fetch(new Request(url));
        await assert.rejects(response.text(), { code: "ECONNRESET" });
      });
    }
  }
});

test("a signal stops waiting and reading, and closes the connection", async () => {
  const reason = new Error("enough");
  for (const answer of ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na"]) {
    let close = () => {};
    const closed = new Promise<void>((resolve) => close = resolve);
    const server = rawServer(answer, (socket) => socket.on("close", close));
    await withClient(server, async ({ fetch }, url) => {
      const controller = new AbortController();
      const { signal } = controller;
      setTimeout(() => controller.abort(reason), 50);
      const request = new Request(url, { signal });
      const read = async () => await (await fetch(request)).text();
      await assert.rejects(read(), reason);
      await closed;
      await assert.rejects(fetch(new Request(url, { signal })), reason);
    });
  }
});

test("a body that is given up closes the connection", async () => {
  let close = () => {};
  const closed = new Promise<void>((resolve) => close = resolve);
  const answer = "HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\na";
  const server = rawServer(answer, (socket) => socket.on("close", close));
  await withClient(server, async ({ fetch }, url) => {
    await (await fetch(new Request(url))).body?.cancel();
    await closed;
  });
});

test("long headers, statuses without a body, and statuses that are none", async () => {
  const location = `https://cdn.test/?${"x".repeat(60_000)}`;
  const long = `HTTP/1.1 202 X\r\nLocation: ${location}\r\n` +
    "Content-Length: 0\r\n\r\n";
  await withClient(rawServer(long), async ({ fetch, upload }, url) => {
    const response = await fetch(new Request(url));
    assert.equal(response.headers.get("location"), location);
    const sent = { method: "PUT", headers: {}, url: new URL(url) };
    const { headers } = await upload({ ...sent, body: new Blob(["a"]) });
    assert.equal(headers.get("location"), location);
  });
  for (const status of [204, 205, 304]) {
    const head = `HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`;
    await withClient(rawServer(head), async ({ fetch }, url) => {
      const response = await fetch(new Request(url));
      assert.equal(response.status, status);
      assert.equal(await response.text(), "");
    });
  }
  for (const status of [101, 600, 999]) {
    const head = `HTTP/1.1 ${status} X\r\nUpgrade: x\r\n` +
      "Connection: upgrade\r\nContent-Length: 0\r\n\r\n";
    const server = rawServer(head, (socket) => socket.end());
    await withClient(server, async ({ fetch }, url) => {
      await assert.rejects(fetch(new Request(url)), Error);
    });
  }
});

test("of several addresses the one that answers is taken", async () => {
  const server = createHttpServer((_, response) => response.end("ok"));
  await withServer(server, async (port) => {
    const { fetch } = nodeClient({
      registry: new URL("http://registry.test/"),
      env: {},
      allowHosts: ["other.test"],
      lookup: (_, options, callback) => {
        const found = [
          { address: "::1", family: 6 },
          { address: "127.0.0.1", family: 4 },
        ];
        assert.ok(options.all);
        callback(null, found);
      },
    });
    const response = await fetch(new Request(`http://other.test:${port}/`));
    assert.equal(await response.text(), "ok");
  });
});

test("a connection that is kept keeps no process", async () => {
  const server = createHttpServer((_, response) => response.end("ok"));
  server.keepAliveTimeout = 60_000;
  await withServer(server, async (port) => {
    const url = `http://127.0.0.1:${port}/`;
    const began = performance.now();
    const path = "tests/support/fetch_once.ts";
    const { stdout } = await runModule(path, [url], { timeLimit: 20_000 });
    assert.equal(stdout.trim(), "200 ok");
    assert.ok(performance.now() - began < 15_000);
  });
});

test("Deno that permits one host only is enough", {
  skip: runtime !== "deno" && "is of Deno",
}, async () => {
  const server = createHttpServer((_, response) => response.end("ok"));
  await withServer(server, async (port) => {
    const url = `http://localhost:${port}/`;
    const file = (path: string) =>
      fileURLToPath(new URL(`../../../${path}`, import.meta.url));
    const { stdout, stderr } = await run(process.execPath, [
      ...["run", "--quiet", "--no-prompt", `--config=${file("deno.json")}`],
      `--allow-net=localhost:${port}`,
      ...[file("tests/support/fetch_once.ts"), url],
    ], { env: { HTTP_PROXY: undefined } });
    assert.equal(stdout.trim(), "200 ok", stderr);
  });
});
