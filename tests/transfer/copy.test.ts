import assert from "node:assert/strict";
import { test } from "node:test";
import { ImageArchive } from "../../src/archive/image_archive.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createIndex } from "../../src/image/create_index.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { Publishable } from "../../src/image/publishable.ts";
import { parsePlatform } from "../../src/spec/platform.ts";
import { copy } from "../../src/transfer/copy.ts";
import { Shelf } from "./shelf.ts";

const layers = [await createLayer([{ type: "file", path: "a", body: "a" }])];
const images = await Promise.all(
  ["linux/amd64", "linux/arm64"].map((text) =>
    createImage({ layers, platform: parsePlatform(text) })
  ),
);
const [image] = images;
const index = await createIndex({ images });

/** What was written, in short. */
const written = ({ written }: Shelf) =>
  written.map(({ image, options }) => [
    image.manifest.descriptor.digest,
    options.tags,
  ]);

test("an index is copied with all that it names, byte for byte", async () => {
  const [source, target] = [new Shelf(), new Shelf()];
  await source.hold(index, "");
  const seen: Publishable[] = [];
  const { digest, reference } = await copy(source, target, {
    onRead: (image) => seen.push(image),
  });
  assert.equal(digest, index.manifest.descriptor.digest);
  assert.equal(reference, `shelf@${digest}`);
  assert.deepEqual(written(target), [[digest, undefined]]);
  assert.deepEqual(
    new Map([...target.contents].sort()),
    new Map([...source.contents].sort()),
  );
  assert.deepEqual(seen, [target.written[0]?.image]);
});

test("tags, foreign layers and the signal reach the target", async () => {
  const [source, target] = [new Shelf(), new Shelf()];
  await source.hold(index, "");
  const { signal } = new AbortController();
  const onProgress = () => {};
  await copy(source, target, {
    ...{ tags: ["a", "b"], foreignLayers: true, signal, onProgress },
  });
  assert.deepEqual(target.written[0]?.options, {
    ...{ tags: ["a", "b"], foreignLayers: true, signal, onProgress },
  });
});

test("for one platform, its image alone is copied", async () => {
  const [source, target] = [new Shelf(), new Shelf()];
  await source.hold(index, "");
  await copy(source, target, { platform: parsePlatform("linux/arm64") });
  const digest = images[1]?.manifest.descriptor.digest;
  assert.deepEqual(written(target), [[digest, undefined]]);
});

test("what an index says of a platform counts for more than the image", async () => {
  const [source, target] = [new Shelf(), new Shelf()];
  const old = await createImage({
    layers,
    platform: parsePlatform("linux/arm"),
  });
  const platform = parsePlatform("linux/arm/v6");
  await source.index([{ ...await source.hold(old), platform }], "");
  await copy(source, target, { platform });
  const { digest } = old.manifest.descriptor;
  assert.deepEqual(written(target), [[digest, undefined]]);
  // Alone, it is for v7, as everybody reads it.
  await source.hold(old, "");
  await assert.rejects(
    copy(source, target, { platform }),
    /not for linux\/arm/,
  );
});

test("a platform that there is not is refused, with those that there are", async () => {
  const source = new Shelf();
  await source.hold(index, "");
  const platform = parsePlatform("linux/riscv64");
  await assert.rejects(copy(source, new Shelf(), { platform }), {
    code: "IMAGE",
    message: "Cannot find the image in shelf: there is none for " +
      "linux/riscv64; there are linux/amd64, linux/arm64",
  });
  const single = new Shelf();
  assert.ok(image);
  await single.hold(image, "");
  await assert.rejects(copy(single, new Shelf(), { platform }), {
    code: "IMAGE",
    message:
      "Cannot read shelf: it is for linux/amd64 and not for linux/riscv64",
  });
});

test("referrers are left out unless they are asked for", async () => {
  const [source, target] = [new Shelf(), new Shelf()];
  const subject = await source.hold(index, "");
  await source.artifact("signature", subject);
  await copy(source, target);
  assert.equal(target.written.length, 1);
});

test("referrers go along by their digests, at any depth and of children too", async () => {
  const [source, target] = [new Shelf(), new Shelf()];
  const subject = await source.hold(index, "");
  assert.ok(image);
  const signature = await source.artifact("signature", subject);
  const attestation = await source.artifact(
    "attestation",
    image.manifest.descriptor,
  );
  const counter = await source.artifact("counter-signature", signature);
  const { referrers } = await copy(source, target, {
    referrers: true,
    tags: ["1"],
  });
  assert.deepEqual(
    written(target).map(([digest, tags]) => [digest, tags]).sort(),
    [
      [subject.digest, ["1"]],
      [signature.digest, []],
      [attestation.digest, []],
      [counter.digest, []],
    ].sort(),
  );
  // What is referred to is there first.
  assert.equal(
    target.written[0]?.image.manifest.descriptor.digest,
    subject.digest,
  );
  const order = written(target).map(([digest]) => digest);
  assert.ok(order.indexOf(signature.digest) < order.indexOf(counter.digest));
  assert.equal(referrers.length, 3);
  assert.deepEqual(target.contents.size, source.contents.size);
});

test("manifests that refer to one another in a circle are copied once", async () => {
  const [source, target] = [new Shelf(), new Shelf()];
  const subject = await source.hold(index, "");
  const signature = await source.artifact("signature", subject);
  source.subjects.set(signature.digest, [subject, signature]);
  await copy(source, target, { referrers: true });
  assert.equal(target.written.length, 2);
});

test("more referrers than can be held are refused", async () => {
  const source = new Shelf();
  const subject = await source.hold(index, "");
  for (let n = 0; n <= 1000; n++) {
    await source.artifact(`signature ${n}`, subject);
  }
  const target = new Shelf();
  await assert.rejects(copy(source, target, { referrers: true }), {
    code: "IMAGE",
    message:
      /^Cannot copy what refers to shelf@sha256:\w+: it is more than 1000/,
  });
  assert.equal(target.written.length, 0);
});

test("an archive does not take referrers, and what is there stays", async () => {
  const source = new Shelf();
  await source.hold(index, "");
  const archive = new ImageArchive(() => assert.fail("it was written"), {
    name: "oci-archive:a.tar",
  });
  await assert.rejects(copy(source, archive, { referrers: true }), {
    code: "TARGET",
    message:
      /oci-archive:a\.tar: an archive holds one image\. Copy to a layout/,
  });
});
