import { statSync } from "node:fs";
import { mergeImageConfig } from "../image/merge_image_config.ts";
import {
  checkoutAnnotations,
  readCheckout,
} from "../machine/vcs/read_checkout.ts";
import type { CliContext } from "./context.ts";
import type { ImageFlags } from "./flags/image_flags.ts";
import type { ImageSettings } from "./image_options.ts";
import type { Source } from "./parse/parse_source.ts";

/** What {@linkcode withCheckout} looks at. */
export interface CheckoutRequest {
  /** The flags of the command. */
  readonly flags: ImageFlags;
  /** What is packed; all of it exists. */
  readonly sources: readonly Pick<Source, "path">[];
}

/**
 * With `--vcs`, adds what git knows: of the first source that is a directory,
 * else of the current directory. What a person wrote wins, and so does the time
 * that a flag or `SOURCE_DATE_EPOCH` tells.
 *
 * @param image What the flags say about the image.
 * @throws {ScratchbuildError} Code `VCS` where there is no checkout, or none
 * that can be read.
 */
export async function withCheckout(
  image: ImageSettings,
  { flags, sources }: CheckoutRequest,
  { process: { env }, signal }: CliContext,
): Promise<ImageSettings> {
  if (!flags.vcs) return image;
  const directory = sources.find(({ path }) => isDirectory(path))?.path ?? ".";
  const checkout = await readCheckout(directory, { env, signal });
  const isTimed = flags.created !== undefined || !!env.SOURCE_DATE_EPOCH;
  const created = isTimed ? image.created : checkout.created ?? image.created;
  const found = checkoutAnnotations({
    ...checkout,
    ...(created !== undefined && { created: `${created}` }),
  });
  return {
    ...image,
    ...(created !== undefined && { created }),
    config: mergeImageConfig({ Labels: found }, image.config ?? {}),
    ...(image.format !== "docker" && {
      annotations: { ...found, ...image.annotations },
    }),
  };
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
