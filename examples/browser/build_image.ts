import {
  createImage,
  createLayer,
  type Digest,
  type FileEntry,
  ImageArchive,
  push,
} from "@x/scratchbuild/core";

/** A file, and where it lies below the directory of the image. */
export interface PlacedFile {
  /** Path with `/`, below the prefix. */
  readonly path: string;
  /** The content; a `File` is one. */
  readonly content: Blob;
}

/** What becomes of the files. */
export interface ImageRequest {
  /** The files. */
  readonly files: readonly PlacedFile[];
  /** The directory in the image that they go into. */
  readonly prefix: string;
  /** The program that a container runs, with its arguments; may be empty. */
  readonly command: readonly string[];
  /** The tag of the image. */
  readonly tag: string;
}

/** An image that is built. */
export interface BuiltImage {
  /** Digest of its manifest: the same as on every other runtime. */
  readonly digest: Digest;
  /** Bytes of its layer. */
  readonly size: number;
  /** The OCI archive, which Docker and podman load too. */
  readonly archive: Blob;
}

/**
 * Builds a layer of the files, an image and an archive, in memory. Nothing of it
 * needs a machine: the same function runs in a page, in a Worker and on Deno.
 */
export async function buildImage(request: ImageRequest): Promise<BuiltImage> {
  const { files, prefix, command, tag } = request;
  const entries = files.map(({ path, content }): FileEntry => ({
    type: "file",
    path,
    // A browser does not tell what may be run.
    mode: 0o755,
    body: content,
  }));
  await using layer = await createLayer(entries, { prefix });
  const image = await createImage({
    layers: [layer],
    config: command.length > 0 ? { Entrypoint: [...command] } : {},
  });
  let archive = new Blob();
  const target = new ImageArchive(async (stream) => {
    archive = await new Response(stream).blob();
  }, { name: "image.tar", tags: [tag] });
  const { digest } = await push(image, target);
  return { digest, size: layer.size, archive };
}
