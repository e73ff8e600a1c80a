import { type ByteSource, bytesSource } from "../bytes/byte_source.ts";
import type { ContainerImage } from "../image/container_image.ts";
import { imageBlobs } from "../image/image_blobs.ts";
import { DEFAULT_TAG, familiarName } from "../registry/familiar_name.ts";
import type { Reference } from "../registry/reference.ts";
import { canonicalJson } from "../spec/canonical_json.ts";
import { arrangeEntries } from "../tar/arrange.ts";
import type { Entry } from "../tar/entry.ts";
import { tarBlocks } from "../tar/tar_blocks.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";
import { observed } from "../target/observed.ts";
import {
  blobPath,
  indexEntries,
  indexJson,
  layoutMarker,
  layoutPaths,
} from "./layout_files.ts";

/**
 * Takes the bytes of an archive, whole: when it fails, nothing that looks like
 * an archive is left.
 */
export type ArchiveSink = (
  archive: ReadableStream<Uint8Array>,
) => Promise<void>;

/** Options of {@linkcode ImageArchive}. */
export interface ImageArchiveOptions {
  /** The place as people write it, for messages and results. */
  readonly name: string;
  /**
   * Tags of the image in the OCI layout.
   *
   * @default {[]}
   */
  readonly tags?: readonly string[];
  /**
   * Names that `docker load` gives the image. Their tags are tags of the OCI
   * layout too; one without a tag gets `latest`.
   *
   * @default {[]}
   */
  readonly references?: readonly Reference[];
}

/**
 * One tar that is an OCI image layout and a Docker archive at once: every
 * layer and document is there once, under `blobs/`, named by `index.json` and
 * by `manifest.json` alike. Docker, podman, containerd, skopeo and crane load
 * it, each by the part that it knows. Equal images give equal bytes.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md}
 * @see {@link https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format}
 */
export class ImageArchive implements ImageTarget {
  /** The place as people write it. */
  readonly name: string;
  readonly #sink: ArchiveSink;
  readonly #options: ImageArchiveOptions;

  /**
   * An archive at one place.
   *
   * @param sink Where the bytes go.
   * @param options Names of the archive and of the image in it.
   */
  constructor(sink: ArchiveSink, options: ImageArchiveOptions) {
    this.name = options.name;
    this.#sink = sink;
    this.#options = options;
  }

  /**
   * Writes the archive.
   *
   * @throws {ScratchbuildError} When it could not be written; then the place
   * holds what it held before. Code `ABORTED` when the signal ended the work.
   */
  async write(
    image: ContainerImage,
    options: WriteOptions = {},
  ): Promise<void> {
    const { tags = [], references = [] } = this.#options;
    const names = { tags, references };
    const files = new Map<string, ByteSource>([
      ...imageBlobs(image).map(({ descriptor, source }) =>
        [
          blobPath(descriptor.digest),
          observed(source, descriptor, options),
        ] as const
      ),
      [
        blobPath(image.manifest.descriptor.digest),
        bytesSource(image.manifest.bytes),
      ],
      [layoutPaths.marker, layoutMarker()],
      [layoutPaths.index, indexJson(indexEntries(image, names))],
      ["manifest.json", dockerManifest(image, references)],
    ]);
    const entries = [...files].map(([path, body]): Entry => ({
      type: "file",
      path,
      body,
    }));
    await this.#sink(tarBlocks(await arrangeEntries(entries)));
  }
}

/** The `manifest.json` by which Docker and podman find an image. */
function dockerManifest(
  image: ContainerImage,
  references: readonly Reference[],
): ByteSource {
  const { config, layers } = image.manifest.value;
  const repoTags = references.map((reference) =>
    `${familiarName(reference)}:${reference.tag ?? DEFAULT_TAG}`
  );
  return bytesSource(canonicalJson([{
    Config: blobPath(config.digest),
    Layers: layers.map(({ digest }) => blobPath(digest)),
    RepoTags: repoTags.length > 0 ? repoTags : null,
  }]));
}
