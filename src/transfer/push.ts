import type { Publishable } from "../image/publishable.ts";
import type { Digest } from "../spec/digest.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";

/** What {@linkcode push} has done. */
export interface PushResult {
  /** Digest of the manifest: the same everywhere. */
  readonly digest: Digest;
  /** Where the image is and which one it is, `ghcr.io/me/app@sha256:…`. */
  readonly reference: string;
}

/**
 * Puts an image, or an index of images, into a target: a registry, a layout or
 * an archive.
 *
 * @throws {ScratchbuildError} When the image could not be put there.
 *
 * @example
 * ```ts no-eval
 * import { createImage, createLayer, directory, push, Registry } from "@x/scratchbuild";
 *
 * const layer = await createLayer(directory("dist"), { prefix: "/app" });
 * const image = await createImage({ layers: [layer], config: { Cmd: ["/app/main"] } });
 * const { digest } = await push(image, new Registry("localhost:5000/me/app:1.2.0"));
 * console.log(digest);
 * ```
 */
export async function push(
  image: Publishable,
  target: ImageTarget,
  options: WriteOptions = {},
): Promise<PushResult> {
  await target.write(image, options);
  const { digest } = image.manifest.descriptor;
  return { digest, reference: `${target.name}@${digest}` };
}
