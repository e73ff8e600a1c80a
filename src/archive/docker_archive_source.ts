import type { ByteSource } from "../bytes/byte_source.ts";
import { hashAlgorithm } from "../bytes/hasher.ts";
import type { ManifestDocument } from "../image/document.ts";
import type { Reference } from "../registry/reference.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import { type Digest, isDigest } from "../spec/digest.ts";
import { orAborted } from "../spec/or_aborted.ts";
import { printable } from "../spec/printable.ts";
import type {
  BlobOptions,
  ImageSource,
  ManifestOptions,
} from "../target/image_source.ts";
import { archiveBlob } from "./archive_blob.ts";
import { archiveDocument } from "./archive_document.ts";
import { refusalOf, type RefuseArchive } from "./archive_files.ts";
import {
  DOCKER_MANIFEST,
  type DockerImage,
  isNamed,
  readDockerManifest,
  tagOfName,
} from "./docker_manifest.ts";
import { findStoredManifest } from "./find_stored_manifest.ts";
import { blobPath } from "./layout_files.ts";
import { makeManifest, readDockerConfig } from "./made_manifest.ts";
import type { TarFiles } from "./tar_files.ts";

/** Options of {@linkcode DockerArchiveSource}. */
export interface DockerArchiveSourceOptions {
  /** The place as people write it, for messages. */
  readonly name: string;
  /**
   * The name of the image that `manifest()` gets, as `RepoTags` have it.
   *
   * @default {the only image that there is}
   */
  readonly reference?: Reference;
}

/** An image of the archive, with a manifest. */
interface Opened {
  readonly document: ManifestDocument;
  /** Where its blobs lie, if not where an OCI layout has them. */
  readonly paths: ReadonlyMap<Digest, string>;
}

/**
 * A Docker archive that is read: what `docker save` and `podman save` write.
 * Such archives hold no manifests as registries have them, unless they are OCI
 * layouts too. Where there is one for the image, it is that; else one is made,
 * always the same, and is marked as made.
 *
 * @see {@link https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format}
 */
export class DockerArchiveSource implements ImageSource {
  /** The place as people write it. */
  readonly name: string;
  readonly #files: TarFiles;
  readonly #reference: Reference | undefined;
  readonly #refuse: RefuseArchive;
  #read: Promise<DockerImage[]> | undefined;
  readonly #opened = new Map<DockerImage, Promise<Opened>>();

  /**
   * An archive at one place. Nothing is read yet.
   *
   * @param files Its files.
   * @param options Its name, and that of the image.
   */
  constructor(files: TarFiles, options: DockerArchiveSourceOptions) {
    this.name = options.name;
    this.#files = files;
    this.#reference = options.reference;
    this.#refuse = refusalOf(options.name);
  }

  /**
   * Gets the manifest of an image.
   *
   * @param name A tag, a name as `RepoTags` have it, or a digest.
   * @default {the name that the archive was opened with, else its only image}
   * @throws {ScratchbuildError} Code `ARCHIVE` where there is none or more than
   * one, or it is not what it should be. Code `ABORTED`.
   */
  manifest(
    name?: string,
    { mediaType, signal }: ManifestOptions = {},
  ): Promise<ManifestDocument> {
    const found = this.#manifest(name, mediaType, signal);
    return orAborted(found, `read ${printable(this.name)}`, signal);
  }

  /**
   * The bytes of a document that is neither a manifest nor an index.
   *
   * @throws {ScratchbuildError} Code `ARCHIVE` where it is not there, or not
   * what it should be.
   */
  document({ digest, size }: Descriptor): Promise<Uint8Array> {
    return archiveDocument(this.#files, { digest, size }, this.#refuse);
  }

  /**
   * The bytes of a blob, checked against size and digest while they are read.
   *
   * @throws {ScratchbuildError} Code `ARCHIVE`: at once where the digest cannot
   * be verified, while it is read where it is not there or not what it should
   * be.
   */
  blob(descriptor: Descriptor, { signal }: BlobOptions = {}): ByteSource {
    const { digest } = descriptor;
    return archiveBlob(descriptor, {
      open: async () => {
        for (const image of await this.#images()) {
          const path = (await this.#open(image, signal)).paths.get(digest);
          if (path !== undefined) return await this.#files.open(path);
        }
        return await this.#files.open(blobPath(digest));
      },
      refuse: this.#refuse,
      signal,
    });
  }

  /**
   * Lists the tags of the images, whatever their repositories.
   *
   * @throws {ScratchbuildError} Code `ARCHIVE` where the archive cannot be read.
   */
  async *tags(): AsyncGenerator<string, void, undefined> {
    const names = (await this.#images()).flatMap(({ names }) => names);
    yield* new Set(names.flatMap((name) => tagOfName(name) ?? []));
  }

  async #manifest(
    name: string | undefined,
    expected: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ManifestDocument> {
    const { document } = name !== undefined && isDigest(name) &&
        hashAlgorithm(name)
      ? await this.#byDigest(name, signal)
      : await this.#open(this.#choose(await this.#images(), name), signal);
    const { digest, mediaType } = document.descriptor;
    if (mediaType === (expected ?? mediaType)) return document;
    throw this.#refuse(`its ${digest} is ${mediaType} and not ${expected}`);
  }

  #images(): Promise<DockerImage[]> {
    return this.#read ??= this.#readManifest();
  }

  async #readManifest(): Promise<DockerImage[]> {
    const images = await readDockerManifest(this.#files, this.#refuse);
    if (images) return images;
    if (await this.#files.open("repositories")) {
      throw this.#refuse(
        `it has no ${DOCKER_MANIFEST}: a Docker before 1.10 wrote it. Load it ` +
          "and save it again with a current one",
      );
    }
    throw this.#refuse(
      `it is no Docker archive, which has a ${DOCKER_MANIFEST}` +
        (await this.#files.open("index.json")
          ? "; it has the index.json of an OCI layout, write " +
            "oci-archive:FILE"
          : ""),
    );
  }

  #choose(images: DockerImage[], name: string | undefined): DockerImage {
    const wanted = name === undefined ? this.#reference : undefined;
    const isWanted = (own: string) =>
      wanted ? isNamed(own, wanted) : own === name || tagOfName(own) === name;
    const asked = wanted?.toString() ?? name;
    const found = asked === undefined
      ? images
      : images.filter(({ names }) => names.some(isWanted));
    const [image] = found;
    if (image && found.length === 1) return image;
    throw this.#refuse(
      asked === undefined || image
        ? found.length === 0
          ? "it holds no image"
          : `it has ${found.length} images` +
            (asked === undefined ? "" : ` with the tag ${printable(asked)}`) +
            `; ${list(images)}`
        : `it has no image ${printable(asked)}; ${list(images)}`,
    );
  }

  async #byDigest(
    digest: Digest,
    signal: AbortSignal | undefined,
  ): Promise<Opened> {
    for (const image of await this.#images()) {
      const opened = await this.#open(image, signal);
      if (opened.document.descriptor.digest === digest) return opened;
    }
    throw this.#refuse(`it lacks ${digest}`);
  }

  /** Opens an image, once for all that is read of it. */
  #open(
    image: DockerImage,
    signal: AbortSignal | undefined,
  ): Promise<Opened> {
    const opened = this.#opened.get(image) ?? this.#find(image, signal);
    this.#opened.set(image, opened);
    // What was interrupted may be tried again.
    opened.catch(() => this.#opened.delete(image));
    return opened;
  }

  async #find(
    image: DockerImage,
    signal: AbortSignal | undefined,
  ): Promise<Opened> {
    const [files, refuse] = [this.#files, this.#refuse];
    const reading = { files, refuse, signal };
    const config = await readDockerConfig(image, reading);
    const paths = new Map([[config.digest, image.config]]);
    const stored = await findStoredManifest(config.digest, files, refuse);
    if (stored) return { document: stored, paths };
    const made = await makeManifest(image, config, reading);
    return {
      document: { kind: "manifest", ...made.manifest, isMade: true },
      paths: made.paths,
    };
  }
}

/** Tells what can be asked for. */
function list(images: readonly DockerImage[]): string {
  const names = images.flatMap(({ names }) => names).map(printable);
  const shown = names.slice(0, 20).join(", ");
  if (names.length === 0) return "none of them has a name";
  return `choose one by its name: ${shown}${names.length > 20 ? ", …" : ""}`;
}
