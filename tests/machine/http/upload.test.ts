import assert from "node:assert/strict";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import {
  type ByteSource,
  bytesSource,
} from "../../../src/bytes/byte_source.ts";
import { nodeClient } from "../../../src/machine/http/node_client.ts";
import { Registry } from "../../../src/machine/registry.ts";
import { BODY_LIMIT } from "../../../src/registry/http/capped_body.ts";
import type { UploadRequest } from "../../../src/registry/http/upload.ts";
import {
  rawServer,
  withServer as withPort,
} from "../../support/with_server.ts";
import { fakeRegistry, serve } from "../../support/fake_registry.ts";
import { sampleImage, someBytes } from "../../registry/sample_image.ts";

const MIB = 1024 * 1024;

/** Lends a server, and the URL that things are sent to. */
function withServer<T>(
  server: Server,
  use: (url: string) => Promise<T>,
): Promise<T> {
  return withPort(server, (port) => use(`http://127.0.0.1:${port}/up?a=b`));
}

function send(
  url: string,
  body: ByteSource,
  options: Partial<UploadRequest> = {},
): Promise<Response> {
  return nodeClient({ registry: new URL(url) }).upload({
    url: new URL(url),
    method: "PUT",
    headers: { "content-type": "application/octet-stream" },
    body,
    ...options,
  });
}

/** Chunks of a mebibyte; `size` and what there is may differ. */
function manyChunks(
  size: number,
  available = size,
): ByteSource & { taken: number; ended: boolean } {
  const chunk = new Uint8Array(MIB);
  const source = {
    size,
    taken: 0,
    ended: false,
    stream: () => {
      throw new Error("its chunks are cheaper");
    },
    async *chunks() {
      try {
        for (let left = available; left > 0; left -= MIB) {
          source.taken += Math.min(left, MIB);
          yield left < MIB ? chunk.subarray(0, left) : chunk;
        }
      } finally {
        source.ended = true;
      }
    },
  };
  return source;
}

test("a body is sent whole, with its length", async () => {
  const server = createHttpServer(async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    response.end(
      JSON.stringify({ ...request.headers, url: request.url, bytes }),
    );
  });
  await withServer(server, async (url) => {
    const sizes = [0, 1, 3 * MIB + 5];
    for (
      const body of [
        bytesSource(new Uint8Array(0)),
        new Blob(["a"]),
        manyChunks(3 * MIB + 5),
      ]
    ) {
      const counts: number[] = [];
      const response = await send(url, body, {
        onProgress: (bytes) => void counts.push(bytes),
      });
      const size = sizes.shift() ?? -1;
      const told = await response.json();
      assert.equal(response.status, 200);
      assert.equal(told.bytes, size);
      assert.equal(told["content-length"], String(size));
      assert.equal(told["transfer-encoding"], undefined);
      assert.equal(told["content-type"], "application/octet-stream");
      assert.equal(told.url, "/up?a=b");
      assert.equal(counts.at(-1) ?? 0, size);
      assert.deepEqual(counts, counts.toSorted((a, b) => a - b));
    }
  });
});

test("no more is read than the connection takes", async () => {
  let resume = () => {};
  const server = createServer((socket) => {
    let received = 0;
    socket.pause();
    resume = () => socket.resume();
    socket.on("data", (chunk) => {
      received += chunk.length;
      if (received > 64 * MIB) {
        socket.end("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
      }
    });
  });
  await withServer(server, async (url) => {
    const source = manyChunks(64 * MIB);
    const done = send(url, source);
    let before = -1;
    while (source.taken !== before || source.taken === 0) {
      before = source.taken;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.ok(source.taken <= 32 * MIB, `${source.taken / MIB} MiB`);
    resume();
    assert.equal((await done).status, 201);
  });
});

test("an answer that comes early is the answer", async () => {
  const head = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno";
  for (
    const then of [
      () => {},
      (socket: Socket) => socket.end(),
      (socket: Socket) => socket.destroy(),
    ]
  ) {
    await withServer(rawServer(head, then), async (url) => {
      const source = manyChunks(256 * MIB);
      const response = await send(url, source);
      assert.equal(response.status, 401);
      assert.equal(await response.text(), "no");
      assert.ok(source.taken < source.size);
    });
  }
});

test("what is left of the source is let go of", async () => {
  const head = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
  await withServer(rawServer(head, () => {}), async (url) => {
    const source = manyChunks(256 * MIB);
    assert.equal((await send(url, source)).status, 413);
    while (!source.ended) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
});

test("a source that fails after the answer came changes nothing", async () => {
  const head = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
  await withServer(rawServer(head, () => {}), async (url) => {
    let failed = false;
    const source: ByteSource = {
      ...manyChunks(256 * MIB),
      async *chunks() {
        try {
          while (true) yield new Uint8Array(MIB);
        } finally {
          failed = true;
          await Promise.reject(new Error("cannot close"));
        }
      },
    };
    assert.equal((await send(url, source)).status, 413);
    while (!failed) await new Promise((resolve) => setTimeout(resolve, 1));
  });
});

test("headers that come twice are joined, redirects are the answer", async () => {
  const head = "HTTP/1.1 307 Elsewhere\r\nLocation: /other?x=%2f\r\n" +
    'WWW-Authenticate: Basic realm="a"\r\nWWW-Authenticate: Bearer\r\n' +
    "Content-Length: 0\r\n\r\n";
  await withServer(rawServer(head, () => {}), async (url) => {
    const response = await send(url, new Blob(["abc"]));
    assert.equal(response.status, 307);
    assert.equal(response.headers.get("location"), "/other?x=%2f");
    assert.equal(
      response.headers.get("www-authenticate"),
      'Basic realm="a", Bearer',
    );
  });
});

test("statuses without a body, and bodies without an end", async () => {
  for (const status of [201, 204, 205, 500]) {
    const head = `HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`;
    await withServer(rawServer(head, () => {}), async (url) => {
      const response = await send(url, new Blob(["abc"]));
      assert.equal(response.status, status);
      assert.equal(await response.text(), "");
    });
  }
  const endless = "HTTP/1.1 500 X\r\n\r\n" + "x".repeat(2 * BODY_LIMIT);
  await withServer(rawServer(endless, () => {}), async (url) => {
    const response = await send(url, new Blob(["abc"]));
    assert.equal((await response.text()).length, BODY_LIMIT);
  });
});

test("a source that is not what it states is the error", async () => {
  const server = createHttpServer((request, response) => {
    request.on("error", () => {});
    request.resume().on("end", () => response.end());
  });
  await withServer(server, async (url) => {
    const cases = [[2 * MIB, MIB], [MIB, 2 * MIB], [MIB, MIB + 1], [5, 0]];
    for (const [size = 0, available] of cases) {
      await assert.rejects(send(url, manyChunks(size, available)), {
        name: "ScratchbuildError",
        code: "TARGET",
      });
    }
    const cause = new Error("EIO");
    const failing: ByteSource = {
      size: 2 * MIB,
      stream: () => new ReadableStream({ pull: () => Promise.reject(cause) }),
    };
    await assert.rejects(send(url, failing), { code: "TARGET", cause });
  });
});

test("a server that hangs up without an answer is an error", async () => {
  for (const size of [10, 64 * MIB]) {
    const server = rawServer("", (socket) => socket.destroy());
    await withServer(server, async (url) => {
      await assert.rejects(send(url, manyChunks(size)), Error);
    });
  }
});

test("a part of a blob is never sent twice, as a kept connection would have it", async () => {
  const parts: string[] = [];
  const server = createServer((socket) => {
    socket.on("data", (chunk) => {
      if (String(chunk).startsWith("PATCH")) {
        // It is stored, but there is no answer.
        parts.push(String(chunk));
        setTimeout(() => socket.destroy(), 5);
      } else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
  });
  await withServer(server, async (href) => {
    const url = new URL(href);
    const { fetch, upload } = nodeClient({ registry: url });
    assert.equal(await (await fetch(new Request(url))).text(), "ok");
    await new Promise((resolve) => setTimeout(resolve, 5));
    const part = { url, method: "PATCH", headers: {}, body: new Blob(["a"]) };
    await assert.rejects(upload(part));
    assert.equal(parts.length, 1);
  });
});

test("a signal stops an upload: before, on the way, and without a source", async () => {
  const silent = createServer((socket) => void socket.resume());
  await withServer(silent, async (url) => {
    const reason = new Error("enough");
    await assert.rejects(
      send(url, new Blob(["abc"]), { signal: AbortSignal.abort(reason) }),
      reason,
    );
    const hanging: ByteSource = {
      size: 10,
      stream: () => new ReadableStream({ pull: () => new Promise(() => {}) }),
    };
    for (const body of [manyChunks(8 * MIB), hanging]) {
      const controller = new AbortController();
      const { signal } = controller;
      const done = send(url, body, { signal });
      setTimeout(() => controller.abort(reason), 20);
      await assert.rejects(done, reason);
    }
  });
});

test("Registry uploads by node:http, with every kind of login", async () => {
  const account = { username: "alice", password: "s3cret" };
  for (const scheme of [undefined, "basic", "bearer"] as const) {
    const fake = fakeRegistry(
      scheme ? { auth: { scheme, ...account } } : {},
    );
    const { host, close } = await serve(fake);
    try {
      const image = await sampleImage(someBytes(3_000_000), someBytes(10, 2));
      const target = new Registry(`${host}/team/app:1`, {
        credentials: () => account,
      });
      await target.write(image);
      await target.write(image);
      for (const layer of image.layers) {
        assert.equal(
          fake.blobs.get(`team/app@${layer.digest}`)?.byteLength,
          layer.size,
        );
      }
      assert.equal(
        fake.tags.get("team/app:1"),
        image.manifest.descriptor.digest,
      );
      const puts = fake.requests.filter(({ method }) => method === "PUT");
      assert.equal(puts.length, 4);
      for (const { headers } of puts) {
        assert.ok(Number(headers.get("content-length")) > 0);
        assert.equal(headers.get("transfer-encoding"), null);
        assert.equal(headers.has("authorization"), scheme !== undefined);
      }
    } finally {
      await close();
    }
  }
});

test("Registry leaves uploads to a fetch or an upload that it is given", async () => {
  const image = await sampleImage(someBytes(10));
  const byFetch = fakeRegistry();
  await new Registry("registry.test/a", { fetch: byFetch.fetch }).write(image);
  assert.ok(byFetch.tags.has("a:latest"));

  const byUpload = fakeRegistry();
  let uploads = 0;
  await new Registry("registry.test/a", {
    fetch: byUpload.fetch,
    upload: async ({ url, method, headers, body }) => {
      uploads++;
      const bytes = await new Response(body.stream()).arrayBuffer();
      return await byUpload.fetch(
        new Request(url, { method, headers, body: bytes }),
      );
    },
  }).write(image);
  assert.equal(uploads, 3);
});

test("Registry tells of a host that does not answer", async () => {
  const target = new Registry("127.0.0.1:1/a", { retry: { attempts: 1 } });
  await assert.rejects(target.write(await sampleImage()), { code: "NETWORK" });
});
