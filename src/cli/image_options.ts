import { checkImageConfig } from "../image/check_image_config.ts";
import type { ImageOptions } from "../image/create_image.ts";
import { driveFault, portRange } from "../spec/config_rules.ts";
import { secondsToDateTime } from "../spec/date_time.ts";
import type { ImageConfig } from "../spec/image.ts";
import { type ImageFlags, isOnNothing } from "./flags/image_flags.ts";
import { healthcheck } from "./healthcheck.ts";
import type { Variable } from "./parse/parse_pairs.ts";
import { quoted, usageError } from "./parse/usage_error.ts";
import type { Environment } from "./source_date_epoch.ts";

/** What an image is besides its layers, on every platform. */
export type ImageSettings = Omit<ImageOptions, "layers" | "base" | "platform">;

/** What is around {@linkcode imageOptions}. */
export interface ImageSurroundings {
  /** Seconds since 1970, where no flag tells the time. */
  readonly epoch: number;
  /** The environment variables. */
  readonly env: Environment;
  /** Tells what is odd but does not stop the work. */
  readonly warn: (text: string) => void;
}

/**
 * What the flags say about the image.
 *
 * @throws {ScratchbuildError} Code `USAGE` for flags that contradict each other.
 */
export function imageOptions(
  flags: ImageFlags,
  { epoch, env, warn }: ImageSurroundings,
): ImageSettings {
  const { format = "oci", annotation = [], author } = flags;
  if (format === "docker" && annotation.length > 0) {
    throw usageError(
      "Cannot use --annotation with --format docker: Docker manifests have no " +
        "annotations; use --label or --format oci",
    );
  }
  checkCommands(flags);
  const config = imageConfig(flags, env, warn);
  // What no single flag shows, before the packing.
  checkImageConfig(config, (why) => {
    throw usageError(`Cannot build the image: ${why}`);
  });
  return {
    config,
    format,
    created: flags.created ?? secondsToDateTime(epoch),
    annotations: Object.fromEntries(annotation),
    ...(author !== undefined && { author }),
    onWarning: warn,
  };
}

/** No command is what takes that of a base away, and says nothing else. */
function checkCommands(flags: ImageFlags): void {
  if (!isOnNothing(flags)) return;
  for (const name of ["entrypoint", "cmd"] as const) {
    if (flags[name]?.length !== 0) continue;
    throw usageError(
      `Cannot use --${name} []: it is empty, and there is no base image whose ` +
        "command it could take away; leave it out instead",
    );
  }
}

/**
 * Refuses paths with drives in an image for a system that has none.
 *
 * @throws {ScratchbuildError} Code `USAGE`.
 */
export function checkDrives(
  { workdir = "", volume = [] }: ImageFlags,
  os: string,
): void {
  const paths = [
    ["workdir", workdir],
    ...volume.map((path) => ["volume", path]),
  ];
  for (const [flag, path = ""] of paths) {
    const fault = driveFault(path, os);
    if (fault) {
      throw usageError(`Cannot use --${flag} ${quoted(path)}: ${fault}`);
    }
  }
}

function imageConfig(
  flags: ImageFlags,
  environment: Environment,
  warn: (text: string) => void,
): ImageConfig {
  const { entrypoint, cmd, user, workdir, env, label, expose, volume } = flags;
  const Healthcheck = healthcheck(flags);
  const Env = variables(env ?? [], environment, warn);
  return {
    ...(entrypoint && { Entrypoint: entrypoint }),
    ...(cmd && { Cmd: cmd }),
    ...(Env.length > 0 && { Env }),
    ...(label && { Labels: Object.fromEntries(label) }),
    ...(user !== undefined && { User: user }),
    ...(workdir !== undefined && { WorkingDir: workdir }),
    ...(expose && { ExposedPorts: members(expose.flatMap(singlePorts)) }),
    ...(volume && { Volumes: members(volume) }),
    ...(flags["stop-signal"] && { StopSignal: flags["stop-signal"] }),
    ...(Healthcheck && { Healthcheck }),
  };
}

/**
 * The entries of a configuration. A name without a value stands for what the
 * environment has; where it has none, there is no such variable in the image.
 */
function variables(
  settings: readonly Variable[],
  environment: Environment,
  warn: (text: string) => void,
): string[] {
  // Of one name the last value counts, in the place of the first.
  const byName = new Map(
    settings.map(([name, value = environment[name]]) => [name, value]),
  );
  return [...byName].flatMap(([name, value]) => {
    // Every object is born with a `toString`, the environment too.
    if (typeof value === "string") return [`${name}=${value}`];
    warn(`--env ${quoted(name)} is left out: the environment does not have it`);
    return [];
  });
}

/** Each port of a range: most consumers know no ranges. */
function singlePorts(text: string): string[] {
  const { first = 1, last = 0, protocol } = portRange(text) ?? {};
  return Array.from(
    { length: last - first + 1 },
    (_, index) => `${first + index}/${protocol}`,
  );
}

function members(
  names: readonly string[],
): Record<string, Record<string, never>> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}
