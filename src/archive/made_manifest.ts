import { type ByteSource, chunksOf } from "../bytes/byte_source.ts";
import { createHasher, hashOf } from "../bytes/hasher.ts";
import { readWhole } from "../bytes/read_whole.ts";
import { turn } from "../bytes/turn.ts";
import { encodingOf, HEAD_SIZE } from "../compression/decompress/encoding.ts";
import { createDocument } from "../image/create_document.ts";
import type { Document } from "../image/document.ts";
import type { LayerEncoding } from "../image/container_image.ts";
import { partOf } from "../bytes/part_of.ts";
import { checkImage } from "../spec/check_image.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import { type Digest, isDigest } from "../spec/digest.ts";
import { abortedError } from "../spec/error.ts";
import type { Manifest } from "../spec/manifest.ts";
import { mediaTypes } from "../spec/media_types.ts";
import { printable } from "../spec/printable.ts";
import {
  type ArchiveFiles,
  readDocument,
  type RefuseArchive,
} from "./archive_files.ts";
import type { DockerImage } from "./docker_manifest.ts";

/** An image of a Docker archive, which holds no manifest of it. */
export interface MadeImage {
  /** A manifest that was made of what there is. */
  readonly manifest: Document<Manifest>;
  /** Where its blobs lie, by their digests. */
  readonly paths: ReadonlyMap<Digest, string>;
}

/** The configuration of an image of a Docker archive. */
export interface DockerConfig {
  /** Digest of its bytes, the image ID. */
  readonly digest: Digest;
  /** Its bytes. */
  readonly bytes: Uint8Array;
  /** Digests of the layers, unpacked. */
  readonly diffIds: readonly Digest[];
}

/** What the reading of an archive goes by. */
export interface ArchiveReading {
  /** Its files. */
  readonly files: ArchiveFiles;
  /** Makes the errors. */
  readonly refuse: RefuseArchive;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * Reads the configuration of an image. Where its path is a digest, that has to
 * be its digest; a path like `<digest>.json` is a name like any other, to
 * Docker too.
 *
 * @throws What `refuse` makes.
 */
export async function readDockerConfig(
  { config: path, layers }: DockerImage,
  { files, refuse }: ArchiveReading,
): Promise<DockerConfig> {
  const bytes = await readDocument(files, path, refuse);
  if (!bytes) throw refuse(`it lacks the configuration ${printable(path)}`);
  const about = (why: string) => refuse(`of its ${printable(path)}, ${why}`);
  const digest = hashOf(bytes, "sha256");
  const named = path.replace(/^blobs\/([^/]+)\//, "$1:");
  if (/^sha256:/.test(named) && isDigest(named) && named !== digest) {
    throw about(
      `its digest is ${digest}. It is damaged, or not what it says; get it ` +
        "again",
    );
  }
  const { rootfs: { diff_ids: diffIds } } = checkImage(bytes, about);
  if (diffIds.length !== layers.length) {
    throw about(
      `it has ${diffIds.length} layers, and there are ${layers.length}`,
    );
  }
  return { digest, bytes, diffIds };
}

/**
 * Makes a manifest of an image that has none. It depends on the files alone. A
 * layer that is a plain tar is known by its diffID, which is compared when it is
 * read; one that is compressed is read once for its digest.
 *
 * @throws What `refuse` makes.
 */
export async function makeManifest(
  image: DockerImage,
  config: DockerConfig,
  reading: ArchiveReading,
): Promise<MadeImage> {
  const { files, refuse } = reading;
  const paths = new Map<Digest, string>();
  const layers: { encoding: LayerEncoding; digest: Digest; size: number }[] =
    [];
  for (const [position, path] of image.layers.entries()) {
    const file = await files.open(path);
    if (!file) throw refuse(`it lacks the layer ${printable(path)}`);
    const encoding = encodingOf(await headOf(file));
    const digest = encoding === "none"
      ? config.diffIds[position]
      : await digestOf(file, path, reading);
    if (digest === undefined) throw refuse("it has too few diff_ids");
    paths.set(digest, path);
    layers.push({ encoding, digest, size: file.size });
  }
  paths.set(config.digest, image.config);
  // Docker has no media type for zstd.
  const isZstd = layers.some(({ encoding }) => encoding === "zstd");
  const types = mediaTypes[isZstd ? "oci" : "docker"];
  const manifest = await createDocument<Manifest>(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: {
      mediaType: types.config,
      digest: config.digest,
      size: config.bytes.byteLength,
    },
    layers: layers.map(({ encoding, digest, size }): Descriptor => ({
      mediaType: encoding === "none"
        ? types.layer
        : encoding === "gzip"
        ? types.layerGzip
        : mediaTypes.oci.layerZstd ?? types.layer,
      digest,
      size,
    })),
  });
  return { manifest, paths };
}

async function headOf(file: ByteSource): Promise<Uint8Array> {
  const head = partOf(file, 0, Math.min(HEAD_SIZE, file.size));
  return await readWhole(head);
}

async function digestOf(
  file: ByteSource,
  path: string,
  { refuse, signal }: ArchiveReading,
): Promise<Digest> {
  const hash = createHasher("sha256");
  let size = 0;
  for await (const chunk of chunksOf(file)) {
    if (signal?.aborted) throw abortedError(`read ${printable(path)}`, signal);
    hash.update(chunk);
    size += chunk.byteLength;
    await turn();
  }
  if (size === file.size) return hash.digest();
  throw refuse(
    `its ${printable(path)} ended after ${size} of ${file.size} bytes`,
  );
}
