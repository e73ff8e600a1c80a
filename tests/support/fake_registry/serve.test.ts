import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { streamOf } from "../../../src/bytes/byte_source.ts";
import { type FakeRegistry, fakeRegistry, serve } from "../fake_registry.ts";
import { asker } from "./ask.ts";
import { digestBy } from "./digests.ts";

/** A connection, and what came out of it so far. */
interface Wire {
  readonly socket: Socket;
  send(...lines: string[]): void;
  /** Waits until what has come fits, and gives it. */
  until(pattern: RegExp): Promise<string>;
  readonly closed: Promise<void>;
}

async function withWire(
  registry: FakeRegistry,
  use: (wire: Wire, host: string) => Promise<void>,
): Promise<void> {
  const { host, close } = await serve(registry);
  const socket = connect(Number(host.split(":")[1]), "127.0.0.1");
  let text = "";
  let onData = () => {};
  socket.on("data", (chunk) => {
    text += chunk;
    onData();
  });
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) =>
    socket.on("close", () => resolve())
  );
  try {
    await use({
      socket,
      closed,
      send: (...lines) => void socket.write(lines.join("\r\n")),
      until: (pattern) =>
        new Promise((resolve) => {
          onData = () => {
            if (pattern.test(text)) resolve(text);
          };
          onData();
        }),
    }, host);
  } finally {
    socket.destroy();
    await close();
  }
}

const hello = new TextEncoder().encode("hello");
const digest = digestBy("sha256", hello);
const single = `POST /v2/a/blobs/uploads/?digest=${digest} HTTP/1.1`;
const octets = "Content-Type: application/octet-stream";

test("a body in chunks of unannounced length, which a quirk refuses", async () => {
  const chunked = [
    single,
    "Host: x",
    octets,
    "Transfer-Encoding: chunked",
    "",
    "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
  ];
  await withWire(fakeRegistry(), async ({ send, until }) => {
    send(...chunked);
    assert.match(await until(/\r\n\r\n/), /^HTTP\/1.1 201 /);
  });
  const unannouncedLength = { status: 411 };
  const quirks = { unannouncedLength };
  await withWire(fakeRegistry({ quirks }), async ({ send, until }) => {
    send(...chunked);
    assert.match(await until(/\r\n\r\n/), /^HTTP\/1.1 411 /);
  });
});

test("a POST without a length, which a quirk refuses", async () => {
  for (const status of [202, 411]) {
    const postWithoutLength = status === 411 ? { status } : undefined;
    const registry = fakeRegistry({ quirks: { postWithoutLength } });
    await withWire(registry, async ({ send, until }, host) => {
      send("POST /v2/a/blobs/uploads/ HTTP/1.1", "Host: x", "", "");
      const answer = await until(/\r\n\r\n/);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
      // What says that it has no body is taken by both.
      const ask = asker((request) => fetch(request), `http://${host}`);
      const response = await ask("POST /v2/a/blobs/uploads/", {
        headers: { "content-length": "0" },
      });
      assert.equal(response.status, 202);
    });
  }
});

test("Expect: 100-continue: the body is asked for", async () => {
  const registry = fakeRegistry();
  await withWire(registry, async ({ send, until }) => {
    const length = "Content-Length: 5";
    const expect = "Expect: 100-continue";
    send(single, "Host: x", octets, length, expect, "", "");
    assert.match(await until(/100 Continue\r\n\r\n/), /^HTTP\/1.1 100 /);
    send("hello");
    assert.match(await until(/201 Created/), / 201 Created/);
    assert.equal(registry.blobs.size, 1);
  });
});

test("Expect: 100-continue: what is refused is not asked for", async () => {
  const registry = fakeRegistry({ quirks: { maxPut: 4 } });
  await withWire(registry, async ({ send, until }) => {
    const length = "Content-Length: 5";
    const expect = "Expect: 100-continue";
    send(single, "Host: x", octets, length, expect, "", "");
    assert.match(await until(/\r\n\r\n/), /^HTTP\/1.1 413 /);
  });
});

test("one connection serves many requests, also after a refused body", async () => {
  const registry = fakeRegistry({ quirks: { maxPut: 100_000 } });
  await withWire(registry, async ({ send, until }) => {
    send("GET /v2/ HTTP/1.1", "Host: x", "", "");
    await until(/200 OK/);
    send(single, "Host: x", octets, "Content-Length: 200000", "", "");
    send("x".repeat(100_000));
    await until(/ 413 /);
    send("x".repeat(100_000));
    send(single, "Host: x", octets, "Content-Length: 5", "", "hello");
    await until(/ 201 Created/);
    assert.equal(registry.blobs.size, 1);
  });
});

test("a reset closes the connection at once", async () => {
  for (const when of ["before", "during", "after"] as const) {
    const registry = fakeRegistry();
    registry.inject({ fault: { kind: "reset", when, bytes: 2 } });
    await withWire(registry, async ({ send, closed }) => {
      send(single, "Host: x", octets, "Content-Length: 5", "", "hel");
      if (when === "after") send("lo");
      await closed;
      assert.equal(registry.blobs.size, when === "after" ? 1 : 0);
    });
  }
});

test("a client that goes away amid a body leaves the upload as it was", async () => {
  const registry = fakeRegistry({ quirks: { resumable: "all" } });
  await withWire(registry, async ({ send, socket }, host) => {
    const ask = asker((request) => fetch(request), `http://${host}`);
    const { headers } = await ask("POST /v2/a/blobs/uploads/");
    const location = headers.get("location");
    send(`PATCH ${location} HTTP/1.1`, "Host: x", octets);
    send("", "Content-Length: 5", "", "hel");
    while (!registry.lines().some((line) => line.startsWith("PATCH"))) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    let range: string | null = "";
    for (let i = 0; i < 200 && range !== "0-2"; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      range = (await ask(`GET ${location}`)).headers.get("range");
    }
    assert.equal(range, "0-2");
  });
});

test("large bodies in both directions, streamed", async () => {
  const registry = fakeRegistry();
  const { host, close } = await serve(registry);
  try {
    const ask = asker((request) => fetch(request), `http://${host}`);
    const chunk = new Uint8Array(1_000_000).fill(7);
    const blob = new Uint8Array(8_000_000).fill(7);
    const digest = digestBy("sha256", blob);
    const response = await ask(`POST /v2/a/blobs/uploads/?digest=${digest}`, {
      headers: { "content-type": "application/octet-stream" },
      body: streamOf(Array.from({ length: 8 }, () => chunk)),
    });
    assert.equal(response.status, 201);
    assert.equal(registry.bytesReceived, blob.byteLength);
    const back = await ask(`GET /v2/a/blobs/${digest}`);
    assert.deepEqual(new Uint8Array(await back.arrayBuffer()), blob);
  } finally {
    await close();
  }
});
