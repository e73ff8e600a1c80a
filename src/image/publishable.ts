import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import type { Index, Manifest } from "../spec/manifest.ts";
import type { Platform } from "../spec/platform.ts";
import type { ContainerImage } from "./container_image.ts";
import type { Document } from "./document.ts";
import { type ImageBlob, imageBlobs, uniqueBlobs } from "./image_blobs.ts";

/**
 * A manifest of whatever kind, with the bytes of all that it names: an image
 * that is copied, a signature, a chart. Nothing of it but the manifest is
 * understood.
 */
export interface Artifact {
  /** The manifest. */
  readonly manifest: Document<Manifest>;
  /** What it names, in the order in which it is to be written. */
  readonly blobs: readonly ImageBlob[];
  /** What it runs on, where it is an image and that is known. */
  readonly platform?: Platform;
  /** How the index that it comes from names it, where it comes from one. */
  readonly descriptor?: Descriptor;
}

/** An index, with what it names. */
export interface ContainerIndex {
  /** The index. */
  readonly manifest: Document<Index>;
  /**
   * What the index names, in its order. What is left out is not written with
   * it: registries mostly refuse an index of which they lack something.
   */
  readonly images: readonly Publishable[];
}

/** What a target can be given: an image, another artifact, or an index. */
export type Publishable = ContainerImage | Artifact | ContainerIndex;

/** Whether something is an index. */
export function isIndex(image: Publishable): image is ContainerIndex {
  return "images" in image;
}

/** All that belongs to something that is published. */
export interface Contents {
  /** The blobs, each once, in the order in which they are to be written. */
  readonly blobs: readonly ImageBlob[];
  /**
   * The manifests and indexes, each once, those that others name before these;
   * the last is the one that stands for everything.
   */
  readonly documents: readonly Document<Manifest | Index>[];
}

/** Lists what has to be written, blobs and documents by themselves. */
export function contentsOf(image: Publishable): Contents {
  const blobs: ImageBlob[] = [];
  const documents = new Map<Digest, Document<Manifest | Index>>();
  const take = (image: Publishable) => {
    const { manifest } = image;
    // Indexes that name the same ones over and over would take forever.
    if (documents.has(manifest.descriptor.digest)) return;
    if (isIndex(image)) image.images.forEach(take);
    else blobs.push(...imageBlobs(image));
    documents.set(manifest.descriptor.digest, manifest);
  };
  take(image);
  return { blobs: uniqueBlobs(blobs), documents: [...documents.values()] };
}
