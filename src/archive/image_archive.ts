import { type ByteSource, bytesSource } from "../bytes/byte_source.ts";
import type { Publishable } from "../image/publishable.ts";
import { parseReference, type Reference } from "../registry/reference.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import { arrangeEntries } from "../tar/arrange.ts";
import type { Entry } from "../tar/entry.ts";
import { tarBlocks } from "../tar/tar_blocks.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";
import { createDockerManifest } from "./create_docker_manifest.ts";
import { DOCKER_MANIFEST } from "./docker_manifest.ts";
import { layoutContents } from "./layout_contents.ts";
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
  /**
   * Whether the archive is for `docker load`. Then what that cannot load is
   * refused: several images, something that is none, layers that are encrypted
   * or left out.
   *
   * @default {false}
   */
  readonly forDocker?: boolean;
}

/**
 * One tar that is an OCI image layout and a Docker archive at once: every
 * layer and document is there once, under `blobs/`, named by `index.json` and
 * by `manifest.json` alike. Docker, podman, containerd, skopeo and crane load
 * it, each by the part that it knows. Equal images give equal bytes.
 *
 * The layout holds all that is written, an index with everything that it names.
 * `manifest.json` names one image, that of an index which stands first and
 * which Docker can load; where there is none, there is no `manifest.json`.
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
   * Writes the archive, in the place of one that is there. Tags in `options`
   * are tags of each repository that the references name.
   *
   * @throws {ScratchbuildError} When it could not be written; then the place
   * holds what it held before. Code `IMAGE` where Docker could not load it or a
   * blob is not what its descriptor says, code `ABORTED` when the signal ended
   * the work.
   * @throws {ReferenceSyntaxError} Where Docker does not know such tags.
   */
  async write(
    image: Publishable,
    options: WriteOptions = {},
  ): Promise<void> {
    const { tags, references } = this.#names(options.tags);
    const { foreignLayers = false } = options;
    const docker = createDockerManifest(image, {
      references,
      foreignLayers,
      ...(this.#options.forDocker && { refuse: this.#refuse }),
    });
    const { blobs, documents } = layoutContents(image, this.name, options);
    const index = indexJson(indexEntries(image, { tags, references }));
    const files = new Map<string, ByteSource>([
      ...blobs.map(({ descriptor, source }) =>
        [blobPath(descriptor.digest), source] as const
      ),
      ...documents.map(({ descriptor, bytes }) =>
        [blobPath(descriptor.digest), bytesSource(bytes)] as const
      ),
      [layoutPaths.marker, layoutMarker()],
      [layoutPaths.index, bytesSource(index)],
    ]);
    if (docker) files.set(DOCKER_MANIFEST, bytesSource(docker));
    const entries = [...files].map(([path, body]): Entry => ({
      type: "file",
      path,
      body,
    }));
    await this.#sink(tarBlocks(await arrangeEntries(entries)));
  }

  #names(asked?: readonly string[]) {
    const { tags = [], references = [] } = this.#options;
    if (!asked) return { tags, references };
    if (references.length === 0) return { tags: asked, references };
    const repositories = new Set(
      references.map(({ registry, repository }) => `${registry}/${repository}`),
    );
    return {
      tags: [],
      references: [...repositories].flatMap((repository) =>
        asked.map((tag) => parseReference(`${repository}:${tag}`))
      ),
    };
  }

  readonly #refuse = (why: string): never => {
    throw new ScratchbuildError(
      `Cannot write ${printable(this.name)}: ${why}`,
      { code: "IMAGE" },
    );
  };
}
