import { type ByteSource, bytesSource } from "../../src/bytes/byte_source.ts";
import { digestOf } from "../../src/bytes/sha256.ts";
import type { ContainerImage, Layer } from "../../src/image/container_image.ts";
import type { Document } from "../../src/image/document.ts";
import type {
  Artifact,
  ContainerIndex,
  Publishable,
} from "../../src/image/publishable.ts";
import { canonicalJson } from "../../src/spec/canonical_json.ts";
import type { Digest } from "../../src/spec/digest.ts";
import type { Image } from "../../src/spec/image.ts";
import type { Index, Manifest } from "../../src/spec/manifest.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";

/** An image whose layers are the bytes given; a registry looks into none. */
export async function sampleImage(
  ...layers: readonly Uint8Array[]
): Promise<ContainerImage> {
  return await imageOf(
    await Promise.all(layers.map(async (bytes) => ({
      source: bytesSource(bytes),
      digest: await digestOf(bytes),
    }))),
  );
}

/** An image whose layers are the sources given. */
export async function imageOf(
  layers: readonly { readonly source: ByteSource; readonly digest: Digest }[],
): Promise<ContainerImage> {
  const { oci } = mediaTypes;
  const config = await documentOf<Image>(oci.config, {
    architecture: "amd64",
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
  });
  const manifest = await documentOf<Manifest>(oci.manifest, {
    schemaVersion: 2,
    mediaType: oci.manifest,
    config: config.descriptor,
    layers: layers.map(({ source, digest }) => ({
      mediaType: oci.layer,
      digest,
      size: source.size,
    })),
  });
  return {
    manifest,
    config,
    layers: layers.map(({ source, digest }): Layer => ({
      size: source.size,
      stream: () => source.stream(),
      ...(source.chunks ? { chunks: () => source.chunks?.() ?? [] } : {}),
      digest,
      diffId: digest,
      tarSize: source.size,
      encoding: "none",
      createdBy: "test",
      [Symbol.asyncDispose]: () => Promise.resolve(),
    })),
  };
}

/** An index of images, which says more. */
export async function sampleIndex(
  images: readonly Publishable[],
  more: Partial<Index> = {},
): Promise<ContainerIndex> {
  const { oci } = mediaTypes;
  const manifest = await documentOf<Index>(oci.index, {
    schemaVersion: 2,
    mediaType: oci.index,
    manifests: images.map(({ manifest }) => manifest.descriptor),
    ...more,
  });
  return { manifest, images };
}

/** An artifact of one blob, whose manifest says more. */
export async function sampleArtifact(
  bytes: Uint8Array,
  more: Partial<Manifest> = {},
): Promise<Artifact> {
  const config = {
    mediaType: "application/vnd.oci.empty.v1+json",
    digest: await digestOf(EMPTY),
    size: EMPTY.byteLength,
  };
  const layer = {
    mediaType: "application/vnd.test.signature",
    digest: await digestOf(bytes),
    size: bytes.byteLength,
  };
  const manifest = await documentOf<Manifest>(mediaTypes.oci.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.oci.manifest,
    config,
    layers: [layer],
    ...more,
  });
  return {
    manifest,
    blobs: [
      { descriptor: layer, source: bytesSource(bytes) },
      { descriptor: config, source: bytesSource(EMPTY) },
    ],
  };
}

const EMPTY = new TextEncoder().encode("{}");

async function documentOf<T>(
  mediaType: string,
  value: T,
): Promise<Document<T>> {
  const bytes = canonicalJson(value);
  const digest = await digestOf(bytes);
  return {
    descriptor: { mediaType, digest, size: bytes.byteLength },
    bytes,
    value,
  };
}

/** Bytes that differ from seed to seed. */
export function someBytes(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 17) & 255);
}
