import type { ContainerImage } from "../../image/container_image.ts";
import { type Location, parseLocation } from "../../machine/location.ts";
import type { Platform } from "../../spec/platform.ts";
import type { ImageSource } from "../../target/image_source.ts";
import { pull } from "../../transfer/pull.ts";
import { type ImageFlags, isOnNothing } from "../flags/image_flags.ts";
import type { ReuseFlags } from "../flags/reuse_flags.ts";
import type { CredentialFlags } from "../flags/credential_flags.ts";
import { usageError } from "../parse/usage_error.ts";

/**
 * Where the base is.
 *
 * @returns Nothing where there is none, or it is `scratch`, as in a Dockerfile.
 * @throws {ScratchbuildError} Code `USAGE` or `REFERENCE_SYNTAX`.
 */
export function baseLocation(
  flags: ImageFlags & CredentialFlags,
): Location | undefined {
  const { from } = flags;
  if (from === undefined || isOnNothing(flags)) {
    if (flags["foreign-layers"]) {
      throw usageError(
        "Cannot use --foreign-layers without --from: only a base has such " +
          "layers; leave it out",
      );
    }
    return undefined;
  }
  const location = parseLocation(from);
  if (location.kind === "stdout" && flags["password-stdin"]) {
    throw usageError(
      "Cannot use --from - with --password-stdin: both read standard input; " +
        "name a file, or give the password in SCRATCHBUILD_PASSWORD",
    );
  }
  return location;
}

/**
 * Where the images are whose layers are reused.
 *
 * @throws {ScratchbuildError} Code `USAGE` or `REFERENCE_SYNTAX`.
 */
export function reuseLocations(
  { "reuse-from": texts = [] }: ReuseFlags,
): Location[] {
  return texts.map((text) => {
    const location = parseLocation(text);
    if (location.kind !== "stdout") return location;
    throw usageError(
      "Cannot use --reuse-from -: an image at standard input can be a base " +
        "only; name a file",
    );
  });
}

/**
 * Gets the base for each platform: manifests and configurations, no layers.
 *
 * @param platforms What is wanted; none for what the base is for.
 * @throws {ScratchbuildError} Where there is no such image.
 */
export async function pullBases(
  source: ImageSource,
  platforms: readonly Platform[],
  { flags, signal }: { flags: ImageFlags; signal: AbortSignal },
): Promise<ContainerImage[]> {
  const { "foreign-layers": foreignLayers = false } = flags;
  const options = { foreignLayers, signal };
  if (platforms.length === 0) return [await pull(source, options)];
  // A tag that is moved meanwhile would make an index of images that do not
  // belong together.
  const root = await source.manifest(undefined, { signal });
  const bases: ContainerImage[] = [];
  for (const platform of platforms) {
    bases.push(await pull(source, { ...options, root, platform }));
  }
  return bases;
}
