import { type ByteSource, chunksOf, streamOf } from "../bytes/byte_source.ts";
import type { ManifestDocument } from "../image/document.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import { isIndexType } from "../spec/media_types.ts";
import { orAborted } from "../spec/or_aborted.ts";
import { printable } from "../spec/printable.ts";
import type {
  BlobOptions,
  ImageSource,
  ManifestOptions,
  ReferrersOptions,
} from "../target/image_source.ts";
import { archiveManifest } from "./archive_document.ts";
import { refusalOf, type RefuseArchive } from "./archive_files.ts";
import { DockerArchiveSource } from "./docker_archive_source.ts";
import { DOCKER_MANIFEST } from "./docker_manifest.ts";
import { blobPath } from "./layout_files.ts";
import { readLayoutIndex } from "./layout_index.ts";
import { LayoutSource } from "./layout_source.ts";
import type { TarFiles } from "./tar_files.ts";

/** Options of {@linkcode ImageArchiveSource}. */
export interface ImageArchiveSourceOptions {
  /** The place as people write it, for messages. */
  readonly name: string;
}

/**
 * A tar with an image that is read, in whichever format it is: as the OCI
 * layout that it is, which keeps digests, else as a Docker archive.
 */
export class ImageArchiveSource implements ImageSource {
  /** The place as people write it. */
  readonly name: string;
  readonly #files: TarFiles;
  readonly #refuse: RefuseArchive;
  #chosen: Promise<LayoutSource | DockerArchiveSource> | undefined;

  /**
   * A tar at one place. Nothing is read yet.
   *
   * @param files Its files.
   * @param options Its name.
   */
  constructor(files: TarFiles, options: ImageArchiveSourceOptions) {
    this.name = options.name;
    this.#files = files;
    this.#refuse = refusalOf(options.name);
  }

  /**
   * Gets a manifest or an index.
   *
   * @param name A tag or a digest.
   * @default {the only image}
   * @throws {ScratchbuildError} Code `ARCHIVE` where there is none or more than
   * one, or it is not what it should be. Code `ABORTED`.
   */
  async manifest(
    name?: string,
    options: ManifestOptions = {},
  ): Promise<ManifestDocument> {
    const { signal } = options;
    const chosen = this.#choose();
    const what = `read ${printable(this.name)}`;
    const source = await orAborted(chosen, what, signal);
    return await source.manifest(name, options);
  }

  /**
   * The bytes of a document that is neither a manifest nor an index that is
   * known here.
   *
   * @throws {ScratchbuildError} Code `ARCHIVE` where it is not there, or not
   * what it should be.
   */
  async document(descriptor: Descriptor): Promise<Uint8Array> {
    return await (await this.#choose()).document(descriptor);
  }

  /**
   * The bytes of a blob, checked against size and digest while they are read.
   *
   * @throws {ScratchbuildError} Code `ARCHIVE`, while it is read, where it is
   * not there or not what it should be.
   */
  blob(descriptor: Descriptor, options: BlobOptions = {}): ByteSource {
    const choose = () => this.#choose();
    async function* chunks() {
      yield* chunksOf((await choose()).blob(descriptor, options));
    }
    const { size } = descriptor;
    return { size, stream: () => streamOf(chunks()), chunks };
  }

  /**
   * Lists the tags of the images.
   *
   * @throws {ScratchbuildError} Code `ARCHIVE` where the tar cannot be read.
   */
  async *tags(): AsyncGenerator<string, void, undefined> {
    yield* (await this.#choose()).tags();
  }

  /**
   * Lists what refers to a manifest: nothing where it is a Docker archive.
   *
   * @throws {ScratchbuildError} Code `ARCHIVE` where the tar cannot be read.
   */
  async *referrers(
    digest: Digest,
    options: ReferrersOptions = {},
  ): AsyncGenerator<Descriptor, void, undefined> {
    const source = await this.#choose();
    if ("referrers" in source) yield* source.referrers(digest, options);
  }

  #choose(): Promise<LayoutSource | DockerArchiveSource> {
    return this.#chosen ??= this.#find();
  }

  async #find(): Promise<LayoutSource | DockerArchiveSource> {
    const options = { name: this.name };
    const index = await readLayoutIndex(this.#files, this.#refuse);
    const { manifests = [] } = index ?? {};
    const isDocker = await this.#files.open(DOCKER_MANIFEST) !== undefined;
    // Docker 25 writes a layout in which no image is, or an index of platforms
    // of which it has one.
    const isLayout = manifests.length > 0 &&
      (!isDocker || await this.#hasAll(manifests));
    if (isLayout) return new LayoutSource(this.#files, options);
    if (isDocker || await this.#files.open("repositories")) {
      return new DockerArchiveSource(this.#files, options);
    }
    throw this.#refuse(
      "it holds no image: it has neither the index.json of an OCI layout nor " +
        `the ${DOCKER_MANIFEST} of a Docker archive`,
    );
  }

  /** Whether what indexes name is there. */
  async #hasAll(entries: readonly Descriptor[]): Promise<boolean> {
    for (const entry of entries) {
      if (!isIndexType(entry.mediaType)) continue;
      const found = await archiveManifest(this.#files, entry, this.#refuse);
      if (found.kind !== "index") continue;
      for (const { digest } of found.value.manifests) {
        if (!await this.#files.open(blobPath(digest))) return false;
      }
    }
    return true;
  }
}
