import assert from "node:assert/strict";
import {
  createServer,
  type IncomingHttpHeaders,
  type ServerResponse,
} from "node:http";
import { createServer as createTcpServer, type Socket } from "node:net";
import { test } from "node:test";
import { bytesSource } from "../../../src/bytes/byte_source.ts";
import { nodeClient } from "../../../src/machine/http/node_client.ts";
import {
  globalFetch,
  Transport,
  type TransportOptions,
} from "../../../src/registry/http/transport.ts";
import { fetchUpload } from "../../../src/registry/http/upload.ts";
import { type FakeClock, fakeClock } from "../../support/fake_clock.ts";

const TIMEOUT = 60_000;

/** A transport by the runtime's own fetch. */
function realTransport(
  options: Partial<TransportOptions> = {},
): { transport: Transport; clock: FakeClock } {
  const clock = fakeClock();
  const fetch = globalFetch;
  const upload = fetchUpload(fetch);
  const transport = new Transport({ fetch, upload, clock, ...options });
  return { transport, clock };
}

/** Starts a server on loopback, and stops it when the work is done. */
async function withServer<T>(
  server: {
    listen(port: number, host: string, done: () => void): unknown;
    close(): unknown;
    address(): unknown;
  },
  work: (url: URL) => Promise<T>,
): Promise<T> {
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve())
  );
  const { port } = server.address() as { port: number };
  try {
    return await work(new URL(`http://127.0.0.1:${port}/`));
  } finally {
    server.close();
  }
}

test("the runtime's own fetch closes the socket of a request that is dead", async () => {
  const closed = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const server = createTcpServer((socket: Socket) => {
    socket.on("data", () => asked.resolve());
    socket.on("error", () => {});
    socket.on("close", () => closed.resolve());
  });
  await withServer(server, async (url) => {
    const { transport, clock } = realTransport({ retry: { attempts: 1 } });
    const sending = assert.rejects(transport.send({ method: "GET", url }), {
      message: /no byte came or went/,
    });
    await asked.promise;
    await clock.advance(TIMEOUT);
    await sending;
    await closed.promise;
  });
});

test("the runtime's own fetch closes the socket of a body that is dead", async () => {
  const closed = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    request.socket.on("close", () => closed.resolve());
    response.writeHead(200, { "content-length": "100" });
    response.write("abc");
  });
  await withServer(server, async (url) => {
    const { transport, clock } = realTransport();
    const answer = await transport.send({ method: "GET", url });
    const chunks = transport.read(answer);
    assert.equal((await chunks.next()).value?.byteLength, 3);
    const next = assert.rejects(chunks.next(), { code: "NETWORK" });
    await clock.untilWaiting();
    await clock.advance(2 * TIMEOUT);
    await next;
    await closed.promise;
  });
});

test("connections that are reset before an answer are made again (fault: reset/refused before headers)", async () => {
  let count = 0;
  const server = createTcpServer((socket: Socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      if (++count < 3) socket.destroy();
      else socket.end("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
    });
  });
  await withServer(server, async (url) => {
    for (const body of [undefined, bytesSource(new Uint8Array(1000))]) {
      count = 0;
      const { transport, clock } = realTransport();
      const method = body ? "PUT" : "GET";
      const { response } = await transport.send({ method, url, body });
      assert.equal(response.status, 204);
      assert.ok(clock.sleeps.length > 0);
    }
  });
});

/** Answers, but never to the end. */
function answerForEver(response: ServerResponse, status: number): void {
  response.writeHead(status, { location: "/2" });
  response.write("so far");
}

test("a body that never ends does not keep anybody from going on", async () => {
  const closed: Promise<void>[] = [];
  const server = createServer((request, response) => {
    if (request.url === "/2") return void response.end("done");
    const { promise, resolve } = Promise.withResolvers<void>();
    request.socket.on("close", () => resolve());
    closed.push(promise);
    answerForEver(response, closed.length === 1 ? 503 : 307);
  });
  await withServer(server, async (url) => {
    const { transport } = realTransport();
    const answer = await transport.send({ method: "GET", url });
    assert.equal(await transport.readBody(answer), "done");
    assert.equal(closed.length, 2);
    await Promise.all(closed);
    server.closeAllConnections();
  });
});

test("a body that is cut short is an error (fault: truncated response)", async () => {
  const server = createServer((request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("abc", () => request.socket.destroy());
  });
  await withServer(server, async (url) => {
    const { transport } = realTransport();
    const answer = await transport.send({ method: "GET", url });
    await assert.rejects(transport.readBody(answer), {
      code: "NETWORK",
      message: /: it closed the connection\. /,
    });
  });
});

test("a slow connection lives, by the machine's own clock (fault: 1 byte per second)", async () => {
  const server = createServer(async (_, response) => {
    for (let i = 0; i < 8; i++) {
      response.write("a");
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    response.end();
  });
  await withServer(server, async (url) => {
    const { transport } = realTransport({
      clock: undefined,
      idleTimeout: 300,
    });
    const answer = await transport.send({ method: "GET", url });
    assert.equal(await transport.readBody(answer), "aaaaaaaa");
  });
});

test("a port that nobody listens on is tried again (fault: reset/refused before headers)", async () => {
  const url = await withServer(createServer(), (url) => Promise.resolve(url));
  const whys: string[] = [];
  const { transport, clock } = realTransport({
    onRetry: ({ why }) => whys.push(why),
  });
  await assert.rejects(transport.send({ method: "GET", url }), {
    code: "NETWORK",
  });
  assert.equal(clock.sleeps.length, 5);
  assert.deepEqual(new Set(whys), new Set(["connection refused"]));
});

for (
  const [name, clientFor] of [
    ["the runtime's own fetch", () => ({
      fetch: globalFetch,
      upload: fetchUpload(globalFetch),
    })],
    ["node:http", (registry: URL) => nodeClient({ registry, env: {} })],
  ] as const
) {
  test(`${name} takes no credential to another port (rule 2: credential forwarding, CVE-2025-21620, CVE-2024-30260, CVE-2024-24758, CVE-2023-45143, CVE-2022-31151)`, async () => {
    const seen: [string | undefined, IncomingHttpHeaders][] = [];
    const store = createServer((request, response) => {
      seen.push([request.url, request.headers]);
      request.resume().on("end", () => response.end("ok"));
    });
    await withServer(store, async (there) => {
      const registry = createServer((request, response) => {
        const status = Number(request.url?.slice(1));
        const headers = {
          location: new URL("/b?sig=a%2Fb", there).href,
          "set-cookie": "session=s3cret",
        };
        request.resume()
          .on("end", () => response.writeHead(status, headers).end());
      });
      await withServer(registry, async (url) => {
        const { transport } = realTransport(clientFor(url));
        for (const status of [301, 302, 307, 308]) {
          for (const body of [undefined, bytesSource(new Uint8Array(10))]) {
            const answer = await transport.send({
              method: body ? "PUT" : "GET",
              url: new URL(`/${status}`, url),
              authorization: "Bearer s3cret",
              body,
            });
            assert.equal(await transport.readBody(answer), "ok");
          }
        }
      });
    });
    assert.equal(seen.length, 8);
    for (const [url, headers] of seen) {
      assert.equal(url, "/b?sig=a%2Fb");
      for (const header of ["authorization", "proxy-authorization", "cookie"]) {
        assert.equal(headers[header], undefined);
      }
      assert.doesNotMatch(JSON.stringify(headers), /s3cret/);
    }
  });
}
