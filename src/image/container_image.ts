import type { ByteSource } from "../bytes/byte_source.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import type { Image } from "../spec/image.ts";
import type { Manifest } from "../spec/manifest.ts";

/** A document together with the exact bytes that its digest is over. */
export interface Document<T> {
  /** Media type, digest and size of the bytes. */
  readonly descriptor: Descriptor;
  /** The bytes, as they are stored and sent. */
  readonly bytes: Uint8Array;
  /** What the bytes say. */
  readonly value: T;
}

/** What the bytes of a layer are: gzip, or the tar itself. */
export type LayerEncoding = "gzip" | "none";

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
  /** Size of the tar before compression, in bytes. */
  readonly tarSize: number;
  /** How the bytes are compressed. */
  readonly encoding: LayerEncoding;
  /** How the layer came to be, for the history of the image. */
  readonly createdBy: string;
}

/** An image whose digests are all known. */
export interface ContainerImage {
  /** The manifest. Its digest names the image. */
  readonly manifest: Document<Manifest>;
  /** The configuration. Its digest is the image ID. */
  readonly config: Document<Image>;
  /** The layers, bottom-most first, in the order of the manifest. */
  readonly layers: readonly Layer[];
}
