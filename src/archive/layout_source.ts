import type { ByteSource } from "../bytes/byte_source.ts";
import { hashAlgorithm } from "../bytes/hasher.ts";
import type { ManifestDocument } from "../image/document.ts";
import { isManifestType } from "../spec/check_manifest.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import { type Digest, isDigest, parseDigest } from "../spec/digest.ts";
import type { Index } from "../spec/manifest.ts";
import { orAborted } from "../spec/or_aborted.ts";
import { printable } from "../spec/printable.ts";
import type {
  BlobOptions,
  ImageSource,
  ManifestOptions,
  ReferrersOptions,
} from "../target/image_source.ts";
import { archiveBlob } from "./archive_blob.ts";
import {
  archiveDocument,
  archiveManifest,
  type DocumentName,
} from "./archive_document.ts";
import {
  type ArchiveFiles,
  refusalOf,
  type RefuseArchive,
} from "./archive_files.ts";
import { DOCKER_MANIFEST } from "./docker_manifest.ts";
import {
  blobPath,
  CONTAINERD_IMAGE_NAME,
  layoutPaths,
} from "./layout_files.ts";
import { distinct, entriesOf, readLayoutIndex, tagOf } from "./layout_index.ts";
import { layoutReferrers } from "./layout_referrers.ts";

/** Options of {@linkcode LayoutSource}. */
export interface LayoutSourceOptions {
  /** The place as people write it, for messages. */
  readonly name: string;
  /**
   * The tag of what `manifest()` gets.
   *
   * @default {the only image that there is}
   */
  readonly tag?: string;
}

/** Most tags that a message lists. */
const MOST_TAGS = 20;

/**
 * An OCI image layout that is read. Whatever of it is read is checked against
 * digest and size.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md}
 */
export class LayoutSource implements ImageSource {
  /** The place as people write it. */
  readonly name: string;
  readonly #files: ArchiveFiles;
  readonly #tag: string | undefined;
  readonly #refuse: RefuseArchive;
  #read: Promise<Index> | undefined;

  /**
   * A layout at one place. Nothing is read yet.
   *
   * @param files Its files.
   * @param options Its name, and the tag of the image.
   */
  constructor(files: ArchiveFiles, options: LayoutSourceOptions) {
    this.name = options.name;
    this.#files = files;
    this.#tag = options.tag;
    this.#refuse = refusalOf(options.name);
  }

  /**
   * Gets a manifest or an index.
   *
   * @param name A tag or a digest.
   * @default {the tag that the layout was opened with, else its only image}
   * @throws {ScratchbuildError} Code `ARCHIVE` where there is none or more than
   * one, or it is not what it should be. Code `ABORTED`.
   */
  manifest(
    name: string | undefined = this.#tag,
    { mediaType, signal }: ManifestOptions = {},
  ): Promise<ManifestDocument> {
    const found = this.#manifest(name, mediaType);
    return orAborted(found, `read ${printable(this.name)}`, signal);
  }

  /**
   * The bytes of a document that is neither a manifest nor an index that is
   * known here.
   *
   * @throws {ScratchbuildError} Code `ARCHIVE` where it is not there, or not
   * what it should be.
   */
  document({ digest, size }: Descriptor): Promise<Uint8Array> {
    return archiveDocument(this.#files, { digest, size }, this.#refuse);
  }

  /**
   * The bytes of a blob, checked against size and digest while they are read.
   * The `urls` of the descriptor are not asked.
   *
   * @throws {ScratchbuildError} Code `ARCHIVE`: at once where the digest cannot
   * be verified, while it is read where it is not there or not what it should
   * be.
   */
  blob(descriptor: Descriptor, { signal }: BlobOptions = {}): ByteSource {
    return archiveBlob(descriptor, {
      open: () => this.#files.open(blobPath(descriptor.digest)),
      refuse: this.#refuse,
      signal,
    });
  }

  /**
   * Lists the tags of the layout.
   *
   * @throws {ScratchbuildError} Code `ARCHIVE` where it cannot be read.
   */
  async *tags(): AsyncGenerator<string, void, undefined> {
    yield* tagsOf(await this.#index());
  }

  /**
   * Lists what refers to a manifest: what the layout names of it.
   *
   * @throws {ScratchbuildError} Code `ARCHIVE` where it cannot be read, code
   * `DIGEST_SYNTAX`.
   */
  async *referrers(
    digest: Digest,
    { artifactType }: ReferrersOptions = {},
  ): AsyncGenerator<Descriptor, void, undefined> {
    const index = await this.#index();
    const found = await layoutReferrers(this, index, parseDigest(digest));
    yield* found.filter((it) =>
      artifactType === undefined || it.artifactType === artifactType
    );
  }

  #index(): Promise<Index> {
    return this.#read ??= this.#readIndex();
  }

  async #manifest(
    name: string | undefined,
    expected: string | undefined,
  ): Promise<ManifestDocument> {
    const index = await this.#index();
    if (name !== undefined && isDigest(name) && hashAlgorithm(name)) {
      const entry = index.manifests.find(({ digest }) => digest === name);
      return await this.#document({
        digest: name,
        mediaType: expected ?? entry?.mediaType,
        size: entry?.size,
      });
    }
    const { digest, mediaType, size } = name === undefined
      ? await this.#only(index)
      : this.#tagged(index, name);
    if (expected !== undefined && mediaType !== expected) {
      throw this.#refuse(`its ${digest} is ${mediaType} and not ${expected}`);
    }
    return await this.#document({ digest, mediaType, size });
  }

  async #readIndex(): Promise<Index> {
    const index = await readLayoutIndex(this.#files, this.#refuse);
    if (index) return index;
    throw this.#refuse(
      `it is no OCI image layout, which has a file ${layoutPaths.marker}` +
        await this.#otherwise(),
    );
  }

  /** Says so where it is another kind of archive. */
  async #otherwise(): Promise<string> {
    if (!await this.#files.open(DOCKER_MANIFEST)) return "";
    return `; it has the ${DOCKER_MANIFEST} of a Docker archive, write ` +
      "docker-archive:FILE";
  }

  #tagged(index: Index, tag: string): Descriptor {
    const entries = distinct(entriesOf(index, tag));
    const [entry] = entries;
    if (entry && entries.length === 1) return entry;
    throw this.#refuse(
      entry
        ? `it has ${entries.length} images with the tag ${printable(tag)}` +
          list({ ...index, manifests: entries }, tag)
        : `it has no image with the tag ${printable(tag)}` + list(index),
    );
  }

  /** The only image; what refers to others stands beside it. */
  async #only(index: Index): Promise<Descriptor> {
    let entries = distinct(index.manifests);
    if (entries.length > 1) {
      const images: Descriptor[] = [];
      for (const entry of entries) {
        if (!await this.#isReferrer(entry)) images.push(entry);
      }
      if (images.length > 0) entries = images;
    }
    const [entry] = entries;
    if (entry && entries.length === 1) return entry;
    throw this.#refuse(
      entry
        ? `it has ${entries.length} images` + list(index)
        : "it holds no image" + await this.#otherwise(),
    );
  }

  async #isReferrer(entry: Descriptor): Promise<boolean> {
    const tag = tagOf(entry);
    if (tag !== undefined) return /^sha(?:256|512)-[a-f0-9]{64}$/.test(tag);
    if (!isManifestType(entry.mediaType)) return false;
    const { value } = await this.#document(entry);
    return value.subject !== undefined;
  }

  #document(name: DocumentName): Promise<ManifestDocument> {
    return archiveManifest(this.#files, name, this.#refuse);
  }
}

function tagsOf({ manifests }: Index): Set<string> {
  return new Set(manifests.flatMap((entry) => tagOf(entry) ?? []));
}

/**
 * What images can be asked for by: the tag, or where several have it, the name
 * that containerd and Docker know an image by.
 */
function namesOf({ manifests }: Index): Set<string> {
  const digests = new Map<string, Set<string>>();
  for (const entry of manifests) {
    const tag = tagOf(entry);
    if (tag === undefined) continue;
    digests.set(tag, (digests.get(tag) ?? new Set()).add(entry.digest));
  }
  return new Set(manifests.flatMap((entry) => {
    const tag = tagOf(entry);
    if (tag === undefined) return [];
    const isOne = digests.get(tag)?.size === 1;
    return isOne ? tag : entry.annotations?.[CONTAINERD_IMAGE_NAME] ?? tag;
  }));
}

/** Tells what can be asked for, in place of a tag that does not do. */
function list(index: Index, tried?: string): string {
  const names = [...namesOf(index)].filter((name) => name !== tried);
  if (names.length === 0) return tried ? "" : "; none of them has a tag";
  const shown = names.slice(0, MOST_TAGS).map(printable).join(", ");
  return `; choose one by its tag: ${shown}` +
    (names.length > MOST_TAGS ? ", …" : "");
}
