import assert from "node:assert/strict";
import { test } from "node:test";
import { DigestMismatchError } from "../../../src/bytes/digest_mismatch_error.ts";
import { hashOf } from "../../../src/bytes/hasher.ts";
import { someBytes } from "../sample_image.ts";
import {
  broken,
  bytes,
  digest,
  gives,
  KIB,
  refuses,
  rest,
  size,
} from "./blob_world.ts";
import { bodyOf, pullWorld, reset } from "./pull_world.ts";

test("another part than the one asked for (fault: wrong/ignored Range, wrong Content-Range)", async () => {
  for (
    const range of [
      `bytes 0-${size - 1}/${size}`,
      `bytes 1001-${size - 1}/${size}`,
      `bytes 1000-${size}/${size + 1}`,
      "bytes */5",
      "",
    ]
  ) {
    const { world } = await refuses(
      (request, attempt) =>
        attempt === 1
          ? broken(request, 1000, reset())
          : rest(request, { "content-range": range }),
      "REGISTRY",
      /its bytes from 1000 on were asked for, and others came/,
    );
    assert.equal(world.lines.length, 2);
  }
  await refuses(
    () => new Response(bytes.slice(), { status: 206 }),
    "REGISTRY",
    /bytes from 0 on/,
  );
});

test("a longer body is cut and an error (fault: body longer than descriptor.size) (req-025)", async () => {
  let isOpen = true;
  const { world } = await refuses(
    () =>
      new Response(
        new ReadableStream<Uint8Array>({
          pull: (controller) => controller.enqueue(bytes.slice(0, 64 * KIB)),
          cancel() {
            isOpen = false;
          },
        }),
      ),
    "REGISTRY",
    /it is longer than 307200 bytes/,
  );
  assert.equal(isOpen, false);
  assert.equal(world.lines.length, 1);
  const one = new Uint8Array(1);
  await refuses(
    () => new Response(bodyOf(bytes, one)),
    "REGISTRY",
    /it is longer than/,
  );
});

test("a length that is another from the start (req-025)", async () => {
  for (const length of [size - 1, size + 1]) {
    const { world } = await refuses(
      () =>
        new Response(bodyOf(bytes), {
          headers: { "content-length": String(length) },
        }),
      "REGISTRY",
      new RegExp(`the registry has ${length} bytes, and it is to be ${size}`),
    );
    assert.equal(world.lines.length, 1);
  }
});

test("other bytes of the right size (fault: digest mismatch from server) (req-024)", async () => {
  const other = someBytes(size, 2);
  const pieces = () => bodyOf(other.slice(0, 1000), other.slice(1000));
  const { error, world } = await refuses(
    () => new Response(pieces()),
    "DIGEST_MISMATCH",
    /its digest is sha256:/,
  );
  assert.ok(error instanceof DigestMismatchError);
  assert.deepEqual([error.expected, error.actual], [
    digest,
    hashOf(other, "sha256"),
  ]);
  assert.equal(world.lines.length, 1);
});

test("a wrong Docker-Content-Digest (fault: wrong Docker-Content-Digest on HEAD/GET/PUT)", async () => {
  const stated = `sha256:${"0".repeat(64)}`;
  const { error } = await refuses(
    (request) => rest(request, { "docker-content-digest": stated }),
    "DIGEST_MISMATCH",
    /the registry says that it is sha256:0000/,
  );
  assert.ok(error instanceof DigestMismatchError);
  assert.equal(error.actual, stated);
});

test("Content-Encoding on a blob (fault: Content-Encoding: gzip on a blob)", async () => {
  const headers = { "content-encoding": "gzip", "content-length": "77" };
  // Unwrapped by the runtime, or never wrapped: what counts are the bytes.
  const fine = pullWorld(() => new Response(bodyOf(bytes), { headers }));
  await gives(fine);
  const cause = /came with Content-Encoding: gzip, which blobs must not have/;
  for (
    const [body, code] of [
      [bodyOf(someBytes(size, 3)), "DIGEST_MISMATCH"],
      [bodyOf(bytes, bytes), "REGISTRY"],
    ] as const
  ) {
    await refuses(() => new Response(body, { headers }), code, cause);
  }
  await refuses(
    () => new Response(bodyOf(someBytes(77)), { headers }),
    "REGISTRY",
    cause,
  );
  await refuses(
    () =>
      new Response(bodyOf(new TypeError("incorrect header check")), {
        headers,
      }),
    "REGISTRY",
    cause,
  );
});
