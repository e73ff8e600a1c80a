import assert from "node:assert/strict";
import { test } from "node:test";
import { createDocument } from "../../src/image/create_document.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import {
  type ContainerIndex,
  contentsOf,
  imagesOf,
  type Publishable,
} from "../../src/image/publishable.ts";
import type { Index } from "../../src/spec/manifest.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";

const layers = [await createLayer([])];
const image = await createImage({ layers });
const other = await createImage({ layers, author: "another" });

async function indexOf(
  images: readonly Publishable[],
  name = "",
): Promise<ContainerIndex> {
  const { index } = mediaTypes.oci;
  const manifest = await createDocument<Index>(index, {
    schemaVersion: 2,
    mediaType: index,
    manifests: images.map(({ manifest }) => manifest.descriptor),
    annotations: { name },
  });
  return { manifest, images };
}

const digests = (images: readonly Publishable[]) =>
  images.map(({ manifest }) => manifest.descriptor.digest);

test("everything is listed once, and what an index names before it", async () => {
  const inner = await indexOf([image, other]);
  const outer = await indexOf([other, inner, image]);
  const { blobs, documents } = contentsOf(outer);
  assert.deepEqual(
    documents.map(({ descriptor }) => descriptor.digest),
    digests([other, image, inner, outer]),
  );
  assert.deepEqual(blobs.map(({ descriptor }) => descriptor.digest), [
    ...layers.map(({ digest }) => digest),
    other.config.descriptor.digest,
    image.config.descriptor.digest,
  ]);
  assert.deepEqual(digests(imagesOf(outer)), digests([other, image]));
  assert.deepEqual(imagesOf(image), [image]);
});

test("indexes that name the same ones over and over are listed at once", async () => {
  let level: Publishable[] = [image];
  for (let depth = 0; depth < 8; depth++) {
    level = await Promise.all(
      Array.from({ length: 20 }, (_, n) => indexOf(level, `${n}`)),
    );
  }
  const outer = await indexOf(level);
  assert.deepEqual(imagesOf(outer), [image]);
  assert.equal(contentsOf(outer).documents.length, 8 * 20 + 2);
});
