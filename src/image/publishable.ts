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

/**
 * Lists what has to be written, blobs and documents by themselves: what a
 * target of one's own goes by.
 *
 * @example
 * ```ts
 * import { contentsOf, createImage, createLayer } from "@x/scratchbuild/core";
 *
 * const image = await createImage({ layers: [await createLayer([])] });
 * const { blobs, documents } = contentsOf(image);
 * console.log(blobs.length, documents.length); // 2 1
 * ```
 */
export function contentsOf(image: Publishable): Contents {
  const all = partsOf(image);
  return {
    blobs: uniqueBlobs(all.flatMap((it) => isIndex(it) ? [] : imageBlobs(it))),
    documents: all.map(({ manifest }) => manifest),
  };
}

/** Images and artifacts without the indexes around them, each once. */
export function imagesOf(image: Publishable): (ContainerImage | Artifact)[] {
  return partsOf(image).flatMap((it) => isIndex(it) ? [] : it);
}

/** Something and all that is in it, each once, with what it names before it. */
function partsOf(image: Publishable): Publishable[] {
  const parts = new Map<Digest, Publishable>();
  const take = (image: Publishable) => {
    const { digest } = image.manifest.descriptor;
    // Indexes that name the same ones over and over would take forever.
    if (parts.has(digest)) return;
    if (isIndex(image)) image.images.forEach(take);
    parts.set(digest, image);
  };
  take(image);
  return [...parts.values()];
}
