import { type ByteSource, bytesSource } from "../../src/bytes/byte_source.ts";
import { digestOf } from "../../src/bytes/sha256.ts";
import { createDocument } from "../../src/image/create_document.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createIndex } from "../../src/image/create_index.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { ImageBlob } from "../../src/image/image_blobs.ts";
import type {
  Artifact,
  ContainerIndex,
  Publishable,
} from "../../src/image/publishable.ts";
import type { Index, Manifest } from "../../src/spec/manifest.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";

const { oci } = mediaTypes;
const FOREIGN = "application/vnd.oci.image.layer.nondistributable.v1.tar";

/** What is no tar and no configuration of an image. */
export const OTHER = "application/vnd.example.other";

/** A layer that several images have. */
export const shared = await packed("shared");

/** An image for linux/amd64. */
export const amd64 = await createImage({
  layers: [shared, await packed("amd64")],
});

/** An image for linux/arm64. */
export const arm64 = await createImage({
  layers: [shared, await packed("arm64")],
  platform: { os: "linux", architecture: "arm64" },
});

/** An index of the two images. */
export const index = await createIndex({ images: [amd64, arm64] });

/** What is no image. */
export const chart = await artifactOf(await blobOf(OTHER, "{}"), [
  await blobOf(OTHER, "a chart"),
]);

/** What refers to the image for linux/amd64. */
export const signature = await artifactOf(await blobOf(OTHER, "{}"), [
  await blobOf(OTHER, "a signature"),
], { subject: amd64.manifest.descriptor });

/** What BuildKit puts beside an image: it has the configuration of one. */
export const attestation: Artifact = {
  ...await artifactOf(await blobOf(oci.config, "{}"), [
    await blobOf("application/vnd.in-toto+json", '{"_type":"x"}'),
  ]),
  platform: { os: "unknown", architecture: "unknown" },
};

/** What an index may name and nobody here knows. */
export const unknown: Artifact = {
  manifest: await createDocument<Manifest>(
    "application/vnd.example.unknown+json",
    { hello: "world" } as unknown as Manifest,
  ),
  blobs: [],
};

/** An index that has a chart, an attestation, another index, and more. */
export const mixed = await indexOf([unknown, chart, attestation, index]);

/** An image with a layer that may not be distributed, as it was pulled. */
export const foreign = await pulled([await blobOf(FOREIGN, "secret sauce")]);

/** An image with a layer that only a key opens, as it was pulled. */
export const encrypted = await pulled([
  await blobOf(`${oci.layerGzip}+encrypted`, "secret"),
]);

/** An index of whatever it is. */
export async function indexOf(
  images: readonly Publishable[],
): Promise<ContainerIndex> {
  const manifest = await createDocument<Index>(oci.index, {
    schemaVersion: 2,
    mediaType: oci.index,
    manifests: images.map(({ manifest }) => manifest.descriptor),
  });
  return { manifest, images };
}

/** An image as `copy` has it: a manifest and blobs. */
export async function pulled(
  layers: readonly ImageBlob[],
): Promise<Artifact> {
  const config = new TextDecoder().decode(amd64.config.bytes);
  return {
    ...await artifactOf(await blobOf(oci.config, config), layers),
    platform: { os: "linux", architecture: "amd64" },
  };
}

/** An image whose layer has a descriptor of these bytes and this source. */
export async function imageWith(
  announced: string,
  source: ByteSource,
): Promise<Artifact> {
  const { descriptor } = await blobOf(oci.layer, announced);
  return await pulled([{ descriptor, source }]);
}

/** A blob of a text. */
export async function blobOf(
  mediaType: string,
  content: string,
): Promise<ImageBlob> {
  const bytes = new TextEncoder().encode(content);
  const descriptor = {
    mediaType,
    digest: await digestOf(bytes),
    size: bytes.byteLength,
  };
  return { descriptor, source: bytesSource(bytes) };
}

async function artifactOf(
  config: ImageBlob,
  layers: readonly ImageBlob[],
  rest: Partial<Manifest> = {},
): Promise<Artifact> {
  const manifest = await createDocument<Manifest>(oci.manifest, {
    schemaVersion: 2,
    mediaType: oci.manifest,
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
    ...rest,
  });
  return { manifest, blobs: [...layers, config] };
}

function packed(content: string) {
  return createLayer([{ type: "file", path: content, body: content }], {
    compression: "none",
  });
}
