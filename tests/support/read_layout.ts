import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDigest } from "../../src/spec/digest.ts";
import type { Image } from "../../src/spec/image.ts";
import type { Index, Manifest } from "../../src/spec/manifest.ts";
import {
  assertDocument,
  type DocumentKind,
  documentKind,
} from "./oci_schemas.ts";

/** The first image of an OCI layout on disk. */
export interface LayoutImage {
  /** What the layout holds. */
  readonly index: Index;
  /** Digest of the manifest. */
  readonly digest: string;
  readonly manifest: Manifest;
  readonly config: Image;
  /** Paths of the layers' files, the lowest first. */
  readonly layers: readonly string[];
}

/**
 * Reads an OCI layout on disk. All of its documents have to fit the
 * specification's JSON schemas.
 */
export async function readLayout(directory: string): Promise<LayoutImage> {
  const blob = (digest: string) => {
    assert.ok(isDigest(digest), digest);
    return join(directory, "blobs", ...digest.split(":"));
  };
  await readDocument(join(directory, "oci-layout"), "layout");
  const index = await readDocument<Index>(
    join(directory, "index.json"),
    "index",
  );
  const images = [];
  for (const { digest, mediaType } of index.manifests) {
    assert.equal(documentKind(mediaType), "manifest");
    const manifest = await readDocument<Manifest>(blob(digest), "manifest");
    const { config: { digest: id, mediaType: type }, layers } = manifest;
    assert.equal(documentKind(type), "config");
    images.push({
      ...{ index, digest, manifest },
      config: await readDocument<Image>(blob(id), "config"),
      layers: layers.map((layer) => blob(layer.digest)),
    });
  }
  const [image] = images;
  assert.ok(image, `${directory} holds no image`);
  return image;
}

async function readDocument<T>(path: string, kind: DocumentKind): Promise<T> {
  const bytes = await readFile(path);
  assertDocument(kind, bytes);
  return JSON.parse(bytes.toString());
}
