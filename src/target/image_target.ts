import type { ContainerImage } from "../image/container_image.ts";
import type { Progress } from "./progress.ts";

/** Options of {@linkcode ImageTarget.write}. */
export interface WriteOptions {
  /** Stops the work. What was written by then is not visible as an image. */
  readonly signal?: AbortSignal;
  /** Is told how far each blob is. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Somewhere that images are put: a registry, a layout, an archive. */
export interface ImageTarget {
  /**
   * The place as people write it, without tag and digest: `ghcr.io/me/app`,
   * `oci:build/image`.
   */
  readonly name: string;

  /**
   * Puts an image there, whole: its tags name it only once everything that it
   * needs is in place. What is there already is not written again.
   *
   * @throws {ScratchbuildError} When the image could not be written.
   */
  write(image: ContainerImage, options?: WriteOptions): Promise<void>;
}
