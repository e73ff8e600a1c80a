import { ImageArchive } from "../archive/image_archive.ts";
import type { Publishable } from "../image/publishable.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import type { ImageSource } from "../target/image_source.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";
import { push, type PushResult } from "./push.ts";
import {
  readPublishable,
  type ReadPublishableOptions,
} from "./read_publishable.ts";
import { readReferrers } from "./read_referrers.ts";

/** Options of {@linkcode copy}. */
export interface CopyOptions
  extends WriteOptions, Omit<ReadPublishableOptions, "descriptor"> {
  /**
   * Whether layers go along whose licence forbids to distribute them. Those
   * that the source does not have are read from the `urls` of their
   * descriptors. Left out, their descriptors stay what they are.
   *
   * @default {false}
   */
  readonly foreignLayers?: boolean;
  /**
   * Whether what refers to the image and to what is in it goes along, at any
   * depth: signatures, attestations … It is there by its digest alone.
   *
   * @default {false}
   */
  readonly referrers?: boolean;
  /**
   * Is told of everything that is to be written before any of it is: the image
   * or the index, then what refers to it.
   */
  readonly onRead?: (
    image: Publishable,
    referrers: readonly Publishable[],
  ) => void;
  /** Stops the work. What was written by then is not visible as an image. */
  readonly signal?: AbortSignal;
}

/** What {@linkcode copy} has done. */
export interface CopyResult extends PushResult {
  /** What was copied. */
  readonly image: Publishable;
  /** What refers to it, and was copied as well. */
  readonly referrers: readonly Publishable[];
}

/**
 * Copies an image, an index with all that it names, or another artifact from
 * one place to another, byte for byte: its digest stays what it is. Blobs are
 * read while they are written, and stored nowhere else; what the target has, or
 * can take from another repository of its registry, is not read at all.
 *
 * @throws {ScratchbuildError} Code `IMAGE` where there is no image for the
 * platform, code `TARGET` where the target cannot hold what refers to the
 * image; what the source and the target fail with.
 *
 * @example
 * ```ts no-eval
 * import { copy, LayoutDirectory, Registry } from "@x/scratchbuild";
 *
 * const source = new Registry("localhost:5000/me/app:1");
 * const target = new LayoutDirectory("build", { name: "oci:build", tags: ["1"] });
 * const { digest } = await copy(source, target, { referrers: true });
 * console.log(digest);
 * ```
 */
export async function copy(
  source: ImageSource,
  target: ImageTarget,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const { signal, onProgress, foreignLayers, onRead } = options;
  if (options.referrers && target instanceof ImageArchive) {
    throw new ScratchbuildError(
      `Cannot copy what refers to the image to ${printable(target.name)}: an ` +
        "archive holds one image. Copy to a layout (oci:DIR) or a registry",
      { code: "TARGET" },
    );
  }
  const image = await readPublishable(source, options);
  const referrers = options.referrers
    ? await readReferrers(source, image, options)
    : [];
  onRead?.(image, referrers);
  const writing: WriteOptions = {
    signal,
    ...(onProgress && { onProgress }),
    ...(foreignLayers !== undefined && { foreignLayers }),
  };
  const { tags } = options;
  const result = await push(image, target, {
    ...writing,
    ...(tags && { tags }),
  });
  for (const referrer of referrers) {
    await target.write(referrer, { ...writing, tags: [] });
  }
  return { ...result, image, referrers };
}
