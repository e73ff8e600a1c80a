import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ByteSource,
  bytesSource,
  streamOf,
} from "../../../src/bytes/byte_source.ts";
import type { ImageBlob } from "../../../src/image/image_blobs.ts";
import { fetchUpload } from "../../../src/registry/http/upload.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { RegistryError } from "../../../src/registry/registry_error.ts";
import { ScratchbuildError } from "../../../src/spec/error.ts";
import { readPublishable } from "../../../src/transfer/read_publishable.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import { assertSane, fakeRegistry } from "../../support/fake_registry.ts";
import { sampleArtifact, sampleImage } from "../sample_image.ts";
import { manyBytes, MIB, pushTo } from "./push_to.ts";

/** An artifact whose blob fails after some bytes. */
async function failing(error: Error, sent = 6 * MIB) {
  const bytes = manyBytes(8 * MIB);
  const artifact = await sampleArtifact(bytes);
  const chunks = async function* () {
    yield bytes.subarray(0, sent);
    await Promise.resolve();
    throw error;
  };
  const source: ByteSource = {
    size: bytes.byteLength,
    chunks,
    stream: () => streamOf(chunks()),
  };
  const blobs = artifact.blobs.map((blob, at): ImageBlob =>
    at === 0 ? { ...blob, source } : blob
  );
  return { ...artifact, blobs };
}

test("a source that fails ends the upload: its error is told, the session is cancelled", async () => {
  for (
    const error of [
      new ScratchbuildError("Cannot read it: broken", { code: "NETWORK" }),
      new RegistryError("Cannot read it: denied", { status: 403 }),
      new RegistryError("Cannot read it: gone", { status: 404 }),
      new ScratchbuildError("Cannot read it: wrong", { code: "ARCHIVE" }),
    ]
  ) {
    const fake = fakeRegistry();
    const image = await failing(error);
    const work = pushTo(fake, image);
    await assert.rejects(work, (thrown) => thrown === error);
    assert.equal(fake.uploads.size, 0, error.message);
    const lines = fake.lines();
    assert.equal(lines.filter((line) => line.startsWith("POST")).length, 1);
    assert.equal(lines.at(-1), "DELETE /v2/team/app/blobs/uploads/*");
    assert.equal(fake.tags.size, 0);
  }
});

test("what is no error of the family is told as one of reading", async () => {
  const fake = fakeRegistry();
  await assert.rejects(pushTo(fake, await failing(new Error("disk on fire"))), {
    code: "TARGET",
    message: /the bytes could not be read \(disk on fire\)/,
  });
  assert.equal(fake.uploads.size, 0);
});

test("a blob is copied from a registry that breaks off to one that breaks off", async () => {
  const [source, target] = [fakeRegistry(), fakeRegistry()];
  const image = await sampleImage(manyBytes(48 * MIB));
  await pushTo(source, image, { to: "source.test/team/base:1" });
  const copy = await readPublishable(
    new Registry("source.test/team/base:1", {
      fetch: source.fetch,
      clock: fakeClock(),
    }),
  );
  source.requests.length = 0;
  source.inject({
    match: /^GET .*blobs/,
    at: 1,
    fault: { kind: "truncate", bytes: 20 * MIB },
  });
  target.inject({
    match: /^(PUT|PATCH) .*uploads/,
    at: 1,
    fault: { kind: "reset", when: "during", bytes: 40 * MIB },
  });
  target.inject({
    match: /^(PUT|PATCH) .*uploads/,
    at: 3,
    fault: { kind: "reset", when: "during", bytes: 5 * MIB },
  });
  await pushTo(target, copy, { upload: fetchUpload(target.fetch) });
  assertSane(target);
  const layer = image.layers[0]?.digest ?? "";
  const ranges = source.requests.filter(({ line }) => line.endsWith(layer))
    .map(({ headers }) => headers.get("range") ?? "whole");
  // What the target has by then is not read again.
  assert.deepEqual(ranges.slice(0, 2), ["whole", `bytes=${20 * MIB}-`]);
  assert.ok(ranges.length >= 4, ranges.join(", "));
  assert.ok(ranges.slice(2).every((range) => range !== "whole"));
});

test("a source of no bytes is read by its slices, too", async () => {
  const fake = fakeRegistry();
  const artifact = await sampleArtifact(new Uint8Array());
  const [first] = artifact.blobs;
  assert.ok(first);
  const blob = { ...first, source: bytesSource(new Uint8Array()) };
  await pushTo(fake, {
    ...artifact,
    blobs: [blob, ...artifact.blobs.slice(1)],
  });
  assertSane(fake);
});
