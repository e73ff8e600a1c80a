import type { ByteSource } from "../bytes/byte_source.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import type { Image } from "../spec/image.ts";
import type { Manifest } from "../spec/manifest.ts";
import type { BlobOrigin, Document } from "./document.ts";

/** What the bytes of a layer are: compressed, or the tar itself. */
export type LayerEncoding = "gzip" | "zstd" | "none";

/**
 * A layer that is complete: all its digests are known. It is its compressed
 * bytes: `size` is their number and `stream()` reads them. Disposing it frees
 * the temporary file that may hold them.
 */
export interface Layer extends ByteSource, AsyncDisposable {
  /** Digest of the compressed bytes. */
  readonly digest: Digest;
  /** Digest of the tar before compression. */
  readonly diffId: Digest;
  /**
   * Size of the tar before compression, in bytes. Of a layer that was not made
   * here it is not known.
   */
  readonly tarSize?: number;
  /** How the bytes are compressed. */
  readonly encoding: LayerEncoding;
  /** How the layer came to be, for the history of the image. */
  readonly createdBy: string;
  /**
   * The descriptor by which the image that it comes from names it, where it was
   * not made here.
   */
  readonly descriptor?: Descriptor;
  /** The repository of a registry that has it. */
  readonly origin?: BlobOrigin;
}

/** A layer that was made here. */
export interface CreatedLayer extends Layer {
  /** Size of the tar before compression, in bytes. */
  readonly tarSize: number;
}

/** An image whose digests are all known. */
export interface ContainerImage {
  /** The manifest. Its digest names the image. */
  readonly manifest: Document<Manifest>;
  /** The configuration. Its digest is the image ID. */
  readonly config: Document<Image>;
  /** The layers, bottom-most first, in the order of the manifest. */
  readonly layers: readonly Layer[];
  /**
   * The name that it was found by, in full, where it comes from a registry:
   * `docker.io/library/debian:12`.
   */
  readonly reference?: string;
}
