import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { chunksOf } from "../../../src/bytes/byte_source.ts";
import { concat } from "../../../src/bytes/concat.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { ScratchbuildError } from "../../../src/spec/error.ts";
import { mediaTypes } from "../../../src/spec/media_types.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import { sampleImage, someBytes } from "../sample_image.ts";
import { sameBytes } from "./blob_world.ts";
import { descriptorOf } from "./pull_world.ts";

/** Lets a server answer, and reads from it by the runtime's own `fetch`. */
async function withServer<T>(
  listener: RequestListener,
  work: (registry: Registry) => Promise<T>,
): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve())
  );
  const address = server.address();
  assert.ok(typeof address === "object" && address);
  try {
    const name = `127.0.0.1:${address.port}/team/app`;
    return await work(new Registry(name, { clock: fakeClock() }));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const bytes = someBytes(500_000);
const descriptor = await descriptorOf(bytes);

async function readBlob(registry: Registry): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(registry.blob(descriptor))) {
    chunks.push(chunk.slice());
  }
  return concat(chunks);
}

test("a blob over connections that break (fault: reset in the middle of a download body)", async () => {
  const ranges: (string | undefined)[] = [];
  const got = await withServer((request, response) => {
    const { range } = request.headers;
    ranges.push(range);
    const first = Number(/\d+/.exec(range ?? "0")?.[0]);
    const rest = bytes.subarray(first);
    response.writeHead(range === undefined ? 200 : 206, {
      "content-length": rest.byteLength,
      ...(range === undefined
        ? {}
        : { "content-range": `bytes ${first}-${bytes.length - 1}/500000` }),
    });
    if (ranges.length > 2) {
      response.end(rest);
      return;
    }
    // Give the bytes the time to arrive before the connection is cut.
    response.write(rest.subarray(0, 150_000), () =>
      setTimeout(() => {
        if (ranges.length === 1) response.socket?.resetAndDestroy();
        else response.socket?.destroy();
      }, 50));
  }, readBlob);
  sameBytes(got, bytes);
  assert.equal(ranges.length, 3);
  assert.equal(ranges[0], undefined);
  assert.match(ranges[2] ?? "", /^bytes=[1-9]\d*-$/);
});

test("a manifest over a connection that breaks (fault: truncated response)", async () => {
  const { manifest } = await sampleImage(someBytes(10));
  let count = 0;
  const found = await withServer((_, response) => {
    response.writeHead(200, {
      "content-type": mediaTypes.oci.manifest,
      "content-length": manifest.bytes.byteLength,
    });
    if (++count > 1) response.end(manifest.bytes);
    else {
      response.write(
        manifest.bytes.subarray(0, 40),
        () => setTimeout(() => response.socket?.destroy(), 20),
      );
    }
  }, (registry) => registry.manifest("1"));
  assert.deepEqual(found.bytes, manifest.bytes);
  assert.equal(count, 2);
});

test("a blob that comes as gzip is right or refused by name (fault: Content-Encoding: gzip on a blob)", async () => {
  // Compressed on its way: Node and Bun unwrap it, Deno does not.
  const serve = (body: Uint8Array) =>
    withServer((_, response) => {
      response.writeHead(200, {
        "content-encoding": "gzip",
        "content-length": body.byteLength,
      });
      response.end(body);
    }, readBlob);
  const outcomes = await Promise.allSettled([
    serve(gzipSync(bytes)),
    // Not compressed at all, whatever the header says.
    serve(bytes),
  ]);
  for (const outcome of outcomes) {
    if (outcome.status === "fulfilled") sameBytes(outcome.value, bytes);
    else {
      assert.ok(outcome.reason instanceof ScratchbuildError);
      assert.match(outcome.reason.message, /Content-Encoding: gzip/);
    }
  }
});
