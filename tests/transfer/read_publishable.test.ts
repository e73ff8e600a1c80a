import assert from "node:assert/strict";
import { test } from "node:test";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { contentsOf, isIndex } from "../../src/image/publishable.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { parsePlatform } from "../../src/spec/platform.ts";
import { readPublishable } from "../../src/transfer/read_publishable.ts";
import { readWhole } from "../../src/bytes/read_whole.ts";
import { Shelf } from "./shelf.ts";

const layers = [await createLayer([{ type: "file", path: "a", body: "a" }])];
const image = await createImage({
  layers,
  platform: parsePlatform("linux/arm/v7"),
});

test("blobs are read when they are asked for, but for the configuration that tells the platform", async () => {
  const shelf = new Shelf();
  await shelf.hold(image, "");
  const read = await readPublishable(shelf);
  assert.ok(!isIndex(read) && "blobs" in read);
  const { manifest, config } = image;
  assert.deepEqual(read.platform, parsePlatform("linux/arm/v7"));
  assert.deepEqual(read.manifest.bytes, manifest.bytes);
  const { digest } = config.descriptor;
  assert.deepEqual(shelf.reads, [manifest.descriptor.digest, digest]);
  const [layer, last] = read.blobs;
  assert.ok(layer && last);
  assert.deepEqual(await readWhole(last.source), config.bytes);
  assert.deepEqual(shelf.reads, [manifest.descriptor.digest, digest]);
  assert.equal(layer.descriptor.digest, layers[0]?.digest);
  assert.equal((await readWhole(layer.source)).byteLength, layers[0]?.size);
});

test("nested indexes are read to their depth (req-034)", async () => {
  const shelf = new Shelf();
  let descriptor: Descriptor = await shelf.hold(image);
  for (let depth = 0; depth < 8; depth++) {
    descriptor = await shelf.index([descriptor]);
  }
  shelf.names.set("", descriptor);
  const { documents, blobs } = contentsOf(await readPublishable(shelf));
  assert.equal(documents.length, 9);
  assert.equal(
    documents[0]?.descriptor.digest,
    image.manifest.descriptor.digest,
  );
  assert.equal(documents[8]?.descriptor.digest, descriptor.digest);
  assert.equal(blobs.length, 2);
  await shelf.index([descriptor], "");
  await assert.rejects(readPublishable(shelf), {
    code: "IMAGE",
    message: "Cannot read shelf: its indexes lie more than 8 deep",
  });
});

test("indexes that name the same ones over and over are read once", async () => {
  const shelf = new Shelf();
  let level = [await shelf.hold(image)];
  for (let depth = 0; depth < 7; depth++) {
    const annotated = (n: number) =>
      level.map((child) => ({ ...child, annotations: { n: `${n}` } }));
    level = await Promise.all(
      Array.from({ length: 30 }, (_, n) => shelf.index(annotated(n))),
    );
  }
  await shelf.index(level, "");
  const read = await readPublishable(shelf);
  assert.equal(contentsOf(read).documents.length, 7 * 30 + 2);
  assert.equal(new Set(shelf.reads).size, shelf.reads.length);
});

test("what an index names and is not known here is carried along (req-030)", async () => {
  const shelf = new Shelf();
  const strange = await shelf.json("application/vnd.strange+json", {
    schemaVersion: 7,
    manifests: [],
    layers: "none",
  });
  const signature = await shelf.artifact("signature");
  await shelf.index([strange, signature, await shelf.hold(image)], "");
  const read = await readPublishable(shelf);
  const { documents, blobs } = contentsOf(read);
  assert.deepEqual(
    documents.slice(0, 2).map(({ descriptor }) => descriptor),
    [strange, signature],
  );
  assert.deepEqual(documents[0]?.bytes, shelf.contents.get(strange.digest));
  assert.equal(blobs.length, 4);
});

test("manifests of schema 1 are refused with an explanation", async () => {
  const shelf = new Shelf();
  const mediaType = "application/vnd.docker.distribution.manifest.v1+prettyjws";
  const old = await shelf.json(mediaType, { schemaVersion: 1 }, "");
  const refused = { message: /old schema 1.*Have the image pushed again/ };
  await assert.rejects(readPublishable(shelf), refused);
  await shelf.index([old], "");
  await assert.rejects(readPublishable(shelf), refused);
});

test("documents that are too much to be held are refused, and none is read", async () => {
  const shelf = new Shelf();
  const { mediaType } = image.manifest.descriptor;
  const descriptors = Array.from({ length: 17 }, (_, n): Descriptor => ({
    mediaType,
    digest: `sha256:${n.toString(16).padStart(64, "0")}`,
    size: 4 * 1024 * 1024,
  }));
  const { digest } = await shelf.index(descriptors, "");
  await assert.rejects(readPublishable(shelf), {
    code: "IMAGE",
    message: /have more than 67108864 bytes together$/,
  });
  assert.deepEqual(shelf.reads, [digest]);
});

test("a configuration that is odd says no platform, and is no error", async () => {
  const shelf = new Shelf();
  const { oci } = mediaTypes;
  for (const value of [{ os: 1 }, [], "text"]) {
    const config = await shelf.json(oci.config, value);
    const manifest = { schemaVersion: 2, mediaType: oci.manifest, config };
    await shelf.json(oci.manifest, { ...manifest, layers: [] }, "");
    const read = await readPublishable(shelf);
    assert.ok(!isIndex(read) && "blobs" in read);
    assert.equal(read.platform, undefined);
    assert.equal(read.blobs.length, 1);
  }
});

test("a registry is asked for four things at a time, also of indexes in indexes", async () => {
  const shelf = new Shelf();
  const child = await shelf.hold(image);
  const indexes = (below: readonly Descriptor[]) =>
    Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        shelf.index([
          ...below.map((it) => ({ ...it, annotations: { n: `${n}` } })),
        ])),
    );
  await shelf.index(await indexes(await indexes([child])), "");
  let running = 0;
  let most = 0;
  const manifest = shelf.manifest.bind(shelf);
  shelf.manifest = async (...args) => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => setTimeout(resolve));
    running--;
    return await manifest(...args);
  };
  const { documents } = contentsOf(await readPublishable(shelf));
  assert.equal(documents.length, 14);
  assert.equal(most, 4);
});
