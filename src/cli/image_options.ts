import type { ImageOptions } from "../image/create_image.ts";
import type { ImageConfig } from "../spec/image.ts";
import { type Platform, platformText } from "../spec/platform.ts";
import type { ImageFlags } from "./flags/image_flags.ts";
import { secondsToDateTime } from "./parse/parse_date_time.ts";
import type { Pair } from "./parse/parse_pairs.ts";
import { usageError } from "./parse/usage_error.ts";

/**
 * What the flags say about the image.
 *
 * @param epoch Seconds since 1970, where no flag tells the time.
 * @throws {ScratchbuildError} Code `USAGE` for flags that contradict each other.
 */
export function imageOptions(
  flags: ImageFlags,
  epoch: number,
): Omit<ImageOptions, "layers"> {
  const { format = "oci", annotation = [] } = flags;
  if (format === "docker" && annotation.length > 0) {
    throw usageError(
      "Cannot use --annotation with --format docker: Docker manifests have no " +
        "annotations; use --label or --format oci",
    );
  }
  const platform = onePlatform(flags.platform ?? []);
  return {
    config: imageConfig(flags),
    format,
    created: flags.created ?? secondsToDateTime(epoch),
    annotations: Object.fromEntries(annotation),
    ...(platform ? { platform } : {}),
  };
}

function onePlatform(platforms: readonly Platform[]): Platform | undefined {
  if (platforms.length > 1) {
    const names = platforms.map(platformText).join(" and ");
    throw usageError(
      `Cannot build for ${names} at once: an image is for one platform; ` +
        "build one after the other, each with a tag of its own",
    );
  }
  return platforms[0];
}

function imageConfig(flags: ImageFlags): ImageConfig {
  const { entrypoint, cmd, user, workdir, env, label, expose, volume } = flags;
  return {
    ...(entrypoint && { Entrypoint: entrypoint }),
    ...(cmd && { Cmd: cmd }),
    ...(env && { Env: variables(env) }),
    ...(label && { Labels: Object.fromEntries(label) }),
    ...(user !== undefined && { User: user }),
    ...(workdir !== undefined && { WorkingDir: workdir }),
    ...(expose && { ExposedPorts: members(expose) }),
    ...(volume && { Volumes: members(volume) }),
    ...(flags["stop-signal"] && { StopSignal: flags["stop-signal"] }),
  };
}

/** The last value of a name counts, in the place of the first. */
function variables(pairs: readonly Pair[]): string[] {
  return Array.from(new Map(pairs), ([name, value]) => `${name}=${value}`);
}

function members(
  names: readonly string[],
): Record<string, Record<string, never>> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}
