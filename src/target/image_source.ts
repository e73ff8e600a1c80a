import type { ByteSource } from "../bytes/byte_source.ts";
import type { BlobOrigin, ManifestDocument } from "../image/document.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";

/** Options of {@linkcode ImageSource.manifest}. */
export interface ManifestOptions {
  /**
   * The media type that it has to have, as a descriptor gives it. Of what is
   * asked for by digest it counts for more than what the place says.
   *
   * @default what the place says, or the document itself
   */
  readonly mediaType?: string;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode ImageSource.blob}. */
export interface BlobOptions {
  /**
   * Whether a blob that the place does not have is asked for at the `urls` of
   * its descriptor, which whoever made the manifest chose.
   *
   * @default {false}
   */
  readonly foreign?: boolean;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode ImageSource.referrers}. */
export interface ReferrersOptions {
  /**
   * Lists only what has this artifact type.
   *
   * @default everything
   */
  readonly artifactType?: string;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * Somewhere that images are read from: a registry, a layout, an archive. What
 * it gives is checked against digest and size, and documents against the rules
 * of `checkManifest`.
 */
export interface ImageSource {
  /**
   * The place as people write it, without tag and digest: `ghcr.io/me/app`,
   * `oci:build/image`.
   */
  readonly name: string;

  /**
   * The reference of what `manifest()` gets, in full, where the place is a
   * registry: `docker.io/library/debian:12`.
   */
  readonly fullReference?: string;

  /** The repository that has the blobs, where the place is a registry. */
  readonly origin?: BlobOrigin;

  /**
   * Gets a manifest or an index.
   *
   * @param name A tag or a digest.
   * @default {what the location of the place names, else the only one there is}
   * @throws {ScratchbuildError} Where there is none, or it is not what it
   * should be.
   */
  manifest(
    name?: string,
    options?: ManifestOptions,
  ): Promise<ManifestDocument>;

  /**
   * The bytes of a document that is neither a manifest nor an index that is
   * known here, and that an index names all the same.
   *
   * @throws {ScratchbuildError} Where it is not there, not what it should be,
   * or longer than documents are.
   */
  document(
    descriptor: Descriptor,
    options?: Pick<BlobOptions, "signal">,
  ): Promise<Uint8Array>;

  /**
   * The bytes of a blob, read from the place whenever they are opened, and
   * checked against size and digest while they are read: the last chunk comes
   * only when all of them are right.
   *
   * @throws {ScratchbuildError} While it is read, where it is not there or not
   * what it should be.
   */
  blob(descriptor: Descriptor, options?: BlobOptions): ByteSource;

  /**
   * Lists the tags of the place.
   *
   * @throws {ScratchbuildError} Where they cannot be listed.
   */
  tags?(
    options?: Pick<BlobOptions, "signal">,
  ): AsyncIterable<string>;

  /**
   * Lists what refers to a manifest: signatures, attestations …
   *
   * @throws {ScratchbuildError} Where it cannot be listed.
   */
  referrers?(
    digest: Digest,
    options?: ReferrersOptions,
  ): AsyncIterable<Descriptor>;
}
