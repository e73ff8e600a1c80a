import type { Descriptor } from "../spec/descriptor.ts";
import type { Index, Manifest } from "../spec/manifest.ts";

/** A document together with the exact bytes that its digest is over. */
export interface Document<T> {
  /** Media type, digest and size of the bytes. */
  readonly descriptor: Descriptor;
  /** The bytes, as they are stored and sent. */
  readonly bytes: Uint8Array;
  /** What the bytes say. */
  readonly value: T;
}

/**
 * A manifest or an index that was read somewhere. Its bytes are never changed.
 */
export type ManifestDocument =
  | (Document<Manifest> & {
    /** It is the manifest of one image, or of another artifact. */
    readonly kind: "manifest";
    /**
     * The place has none of the image, so that this one was made: its digest is
     * not known elsewhere.
     */
    readonly isMade?: true;
  })
  | (Document<Index> & {
    /** It is an index of manifests. */
    readonly kind: "index";
  });

/** A repository of a registry that has a blob: it can be mounted from there. */
export interface BlobOrigin {
  /** The registry as references name it: `ghcr.io`. */
  readonly registry: string;
  /** The repository in the registry: `me/app`. */
  readonly repository: string;
}
