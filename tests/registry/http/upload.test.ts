import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ByteSource,
  bytesSource,
} from "../../../src/bytes/byte_source.ts";
import { exactChunks } from "../../../src/registry/http/exact_chunks.ts";
import { fetchUpload } from "../../../src/registry/http/upload.ts";
import { ScratchbuildError } from "../../../src/spec/error.ts";
import { fakeRegistry, serve } from "../../support/fake_registry.ts";
import { someBytes } from "../sample_image.ts";

/** A source that states one size and has the chunks given. */
function sourceOf(size: number, ...chunks: number[]): ByteSource {
  return {
    size,
    stream: () => {
      throw new Error("its chunks are cheaper");
    },
    chunks: () => chunks.map((length) => someBytes(length)),
  };
}

async function lengths(source: ByteSource): Promise<number[]> {
  const found: number[] = [];
  for await (const chunk of exactChunks(source)) found.push(chunk.byteLength);
  return found;
}

test("chunks that add up to the size pass, without the empty ones", async () => {
  assert.deepEqual(await lengths(sourceOf(0)), []);
  assert.deepEqual(await lengths(sourceOf(0, 0)), []);
  assert.deepEqual(await lengths(sourceOf(5, 2, 0, 3, 0)), [2, 3]);
  assert.deepEqual(await lengths(bytesSource(someBytes(7))), [7]);
  assert.deepEqual(await lengths(new Blob(["abc"])), [3]);
});

test("a source that is shorter or longer than it states", async () => {
  for (const chunks of [[], [2, 2], [5, 1], [2, 4], [6], [0, 9]]) {
    const seen: number[] = [];
    await assert.rejects(async () => {
      for await (const chunk of exactChunks(sourceOf(5, ...chunks))) {
        seen.push(chunk.byteLength);
      }
    }, { name: "ScratchbuildError", code: "TARGET" });
    assert.ok(seen.reduce((sum, length) => sum + length, 0) < 5);
  }
});

test("a source that cannot be read", async () => {
  const failing = (error: unknown): ByteSource => ({
    size: 5,
    stream: () => {
      throw error;
    },
  });
  const cause = new Error("ENOENT: gone");
  await assert.rejects(
    lengths(failing(cause)),
    (error: ScratchbuildError) => {
      assert.equal(error.code, "TARGET");
      assert.equal(error.cause, cause);
      assert.match(error.message, /could not be read \(ENOENT: gone\)/);
      return true;
    },
  );
  const own = new ScratchbuildError("Cannot read x", { code: "LAYER" });
  await assert.rejects(lengths(failing(own)), own);
});

/** Uploads to a server that tells what it got. */
async function upload(
  body: ByteSource,
  signal?: AbortSignal,
): Promise<{ told: Record<string, unknown>; progress: number[] }> {
  const fake = fakeRegistry();
  fake.override(/./, async (request) =>
    Response.json({
      method: request.method,
      type: request.headers.get("content-type"),
      length: request.headers.get("content-length"),
      bytes: (await request.arrayBuffer()).byteLength,
    }));
  const { host, close } = await serve(fake);
  const progress: number[] = [];
  try {
    const response = await fetchUpload((request) => fetch(request))({
      url: new URL(`http://${host}/up`),
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body,
      signal,
      onProgress: (bytes) => void progress.push(bytes),
    });
    return { told: await response.json(), progress };
  } finally {
    await close();
  }
}

test("fetch: small bodies and Blobs go with their length", async () => {
  const large = someBytes(5_000_000) as Uint8Array<ArrayBuffer>;
  for (
    const body of [
      bytesSource(new Uint8Array(0)),
      bytesSource(someBytes(10)),
      new Blob([]),
      new Blob(["abc"], { type: "text/plain" }),
      new Blob([large]),
    ]
  ) {
    const { told, progress } = await upload(body);
    assert.deepEqual(told, {
      method: "PUT",
      type: "application/octet-stream",
      length: String(body.size),
      bytes: body.size,
    });
    assert.deepEqual(progress, [body.size]);
  }
});

test("fetch: large bodies are streamed", async () => {
  const { told, progress } = await upload(
    sourceOf(6_000_000, 2_000_000, 4_000_000),
  );
  assert.equal(told.bytes, 6_000_000);
  assert.equal(progress.at(-1), 6_000_000);
});

test("fetch: what the body fails with is the error", async () => {
  for (const size of [10, 6_000_000]) {
    await assert.rejects(upload(sourceOf(size, 5)), {
      name: "ScratchbuildError",
      code: "TARGET",
    });
  }
});

test("fetch: a signal stops an upload", async () => {
  await assert.rejects(upload(sourceOf(5, 5), AbortSignal.abort()));
});
