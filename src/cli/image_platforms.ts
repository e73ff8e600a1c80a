import { type Platform, platformOf, platformText } from "../spec/platform.ts";
import type { ImageFlags } from "./flags/image_flags.ts";
import { quoted, usageError } from "./parse/usage_error.ts";

/** What an image is for, where neither flags nor a base say. */
export const DEFAULT_PLATFORM: Platform = {
  os: "linux",
  architecture: "amd64",
};

/**
 * The platforms that the flags name, in their order; none where they leave it to
 * the base, or to the default.
 *
 * @throws {ScratchbuildError} Code `USAGE` where they contradict each other.
 */
export function imagePlatforms(flags: ImageFlags): Platform[] {
  const { platform: platforms = [], "os-version": version } = flags;
  const seen = new Set<string>();
  for (const text of platforms.map(platformText)) {
    if (seen.has(text)) {
      throw usageError(
        `Cannot build for ${text} twice: an index has one image for each ` +
          "platform; leave one --platform out",
      );
    }
    seen.add(text);
  }
  if (version === undefined) return platforms.map(withFeatures);
  if (platforms.length > 1) {
    const [first = ""] = seen;
    throw usageError(
      `Cannot use --os-version with several platforms: write it behind each, ` +
        `as in --platform ${first}:${version}`,
    );
  }
  return platforms.map((platform) => {
    const named = platform["os.version"];
    if (named !== undefined && named !== version) {
      throw usageError(
        `Cannot use --os-version ${quoted(version)}: ` +
          `the platform has the version ${quoted(named)}; leave one out`,
      );
    }
    return withFeatures({ ...platform, "os.version": version });
  });

  function withFeatures(platform: Platform): Platform {
    return { ...platform, ...osFeatures(flags) };
  }
}

/**
 * The platform of an image for which none was named: that of its base, or the
 * default, with what the flags say of the operating system.
 *
 * @param base What the base is for.
 * @returns Nothing where the flags say nothing of it.
 */
export function unnamedPlatform(
  flags: ImageFlags,
  base: Platform = DEFAULT_PLATFORM,
): Platform | undefined {
  const { "os-version": version, "os-feature": features } = flags;
  if (version === undefined && features === undefined) return undefined;
  return {
    ...platformOf(base),
    ...(version !== undefined && { "os.version": version }),
    ...osFeatures(flags),
  };
}

function osFeatures(
  { "os-feature": features }: ImageFlags,
): Pick<Platform, "os.features"> {
  return features ? { "os.features": [...new Set(features)] } : {};
}
