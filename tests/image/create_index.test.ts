import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerImage, Layer } from "../../src/image/container_image.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createIndex } from "../../src/image/create_index.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { type Artifact, contentsOf } from "../../src/image/publishable.ts";
import {
  MediaTypeForeignLayer,
  mediaTypes,
} from "../../src/spec/media_types.ts";
import { parsePlatform } from "../../src/spec/platform.ts";
import { skipWithoutCorpora } from "../support/corpora.ts";
import { assertDocument } from "../support/oci_schemas.ts";

const layer = (): Promise<Layer> =>
  createLayer([{ type: "file", path: "a", body: "a" }]);

const imageFor = async (
  platform: string,
  format: "oci" | "docker" = "oci",
): Promise<ContainerImage> =>
  await createImage({
    layers: [await layer()],
    platform: parsePlatform(platform),
    format,
  });

test("an index names images with their platforms, in the order given", async () => {
  const images = await Promise.all([
    imageFor("linux/arm/v7"),
    imageFor("linux/amd64"),
  ]);
  const { manifest } = await createIndex({
    images,
    annotations: { note: "both" },
  });
  assert.equal(manifest.descriptor.mediaType, mediaTypes.oci.index);
  assert.deepEqual(manifest.value, {
    schemaVersion: 2,
    mediaType: mediaTypes.oci.index,
    manifests: [
      {
        ...images[0]?.manifest.descriptor,
        platform: { os: "linux", architecture: "arm", variant: "v7" },
      },
      {
        ...images[1]?.manifest.descriptor,
        platform: { os: "linux", architecture: "amd64" },
      },
    ],
    annotations: { note: "both" },
  });
});

test("an index fits the schema of the specification", {
  skip: skipWithoutCorpora,
}, async () => {
  const { manifest } = await createIndex({
    images: [await imageFor("linux/amd64")],
  });
  assertDocument("index", manifest.bytes);
});

test("a manifest list of Docker holds images of Docker alone", async () => {
  const { manifest } = await createIndex({
    images: [await imageFor("linux/amd64", "docker")],
    format: "docker",
  });
  assert.equal(manifest.descriptor.mediaType, mediaTypes.docker.index);
  await assert.rejects(
    createIndex({ images: [await imageFor("linux/amd64")], format: "docker" }),
    /has another format, which Docker does not take/,
  );
  await assert.rejects(
    createIndex({
      images: [await imageFor("linux/amd64", "docker")],
      format: "docker",
      annotations: { a: "b" },
    }),
    /has no annotations/,
  );
});

test("an index of nothing, and two images for one platform, are refused", async () => {
  await assert.rejects(createIndex({ images: [] }), /it has no image/);
  const images = [await imageFor("linux/arm64"), await imageFor("linux/arm64")];
  await assert.rejects(
    createIndex({ images }),
    /two of its images are for linux\/arm64/,
  );
});

test("an artifact without a platform has none in the index", async () => {
  const { manifest } = await imageFor("linux/amd64");
  const artifact: Artifact = { manifest, blobs: [] };
  const index = await createIndex({ images: [artifact] });
  assert.equal(index.manifest.value.manifests[0]?.platform, undefined);
});

test("contents are listed once each, and what others name before these (req-034)", async () => {
  const images = [await imageFor("linux/amd64"), await imageFor("linux/arm64")];
  const inner = await createIndex({ images });
  const outer = {
    manifest: {
      ...inner.manifest,
      descriptor: {
        ...inner.manifest.descriptor,
        digest: `sha256:${"f".repeat(64)}` as const,
      },
    },
    images: [images[0] as ContainerImage, inner],
  };
  const { blobs, documents } = contentsOf(outer);
  // One layer that both have, and a configuration of each.
  assert.equal(blobs.length, 3);
  assert.deepEqual(
    documents.map(({ descriptor }) => descriptor.digest),
    [
      images[0]?.manifest.descriptor.digest,
      images[1]?.manifest.descriptor.digest,
      inner.manifest.descriptor.digest,
      outer.manifest.descriptor.digest,
    ],
  );
});

test("a blob that is named as distributable somewhere is taken as that", async () => {
  const { manifest, layers: [source] } = await imageFor("linux/amd64");
  const [descriptor] = manifest.value.layers;
  assert.ok(source && descriptor);
  const foreign = { ...descriptor, mediaType: MediaTypeForeignLayer };
  const blobs = [
    { descriptor: foreign, source },
    { descriptor, source },
    { descriptor: foreign, source },
  ];
  assert.deepEqual(
    contentsOf({ manifest, blobs }).blobs.map((blob) => blob.descriptor),
    [descriptor],
  );
});
