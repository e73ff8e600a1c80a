import type { Publishable } from "../image/publishable.ts";
import type { LayersAhead } from "./layers_ahead.ts";
import type { PlannedContent } from "./planned_content.ts";
import type { Progress } from "./progress.ts";

/** Options of {@linkcode ImageTarget.write}. */
export interface WriteOptions {
  /** Stops the work. What was written by then is not visible as an image. */
  readonly signal?: AbortSignal;
  /** Is told how far each blob is. */
  readonly onProgress?: (progress: Progress) => void;
  /**
   * Whether layers go along whose licence forbids to distribute them, which
   * their media types say. Left out, their descriptors stay what they are.
   *
   * @default {false}
   */
  readonly foreignLayers?: boolean;
  /**
   * The tags that it gets; with none, it is there by its digest alone.
   *
   * @default those that the target was opened with
   */
  readonly tags?: readonly string[];
}

/** Somewhere that images are put: a registry, a layout, an archive. */
export interface ImageTarget {
  /**
   * The place as people write it, without tag and digest: `ghcr.io/me/app`,
   * `oci:build/image`.
   */
  readonly name: string;

  /**
   * Puts an image there, whole, or an index with all that it names: its tags
   * name it only once everything that it needs is in place. What is there
   * already is not written again.
   *
   * @throws {ScratchbuildError} When the image could not be written.
   */
  write(image: Publishable, options?: WriteOptions): Promise<void>;

  /**
   * Finds out what {@linkcode ImageTarget.write} would do with an image, and
   * writes nothing: blobs first, then documents. Where a target has no such
   * method, everything is written anew.
   *
   * @throws {ScratchbuildError} Where that cannot be found out.
   */
  plan?(image: Publishable, options?: WriteOptions): Promise<PlannedContent[]>;

  /**
   * Opens the target for layers that are sent before the image is complete.
   * {@linkcode ImageTarget.write} finds them there.
   */
  ahead?(options?: Pick<WriteOptions, "signal">): LayersAhead;
}
