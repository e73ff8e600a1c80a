import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** What {@linkcode cacheDirectory} goes by. */
export interface CacheDirectoryOptions {
  /**
   * The environment.
   *
   * @default {process.env}
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * The system, as `process.platform` names it.
   *
   * @default {process.platform}
   */
  readonly platform?: string;
  /**
   * The home directory.
   *
   * @default {os.homedir()}
   */
  readonly home?: string;
}

/**
 * Where this package keeps what it can do without: `SCRATCHBUILD_CACHE_DIR`, or
 * `scratchbuild` in the place that the system has for such things. The
 * directory need not exist.
 *
 * @throws Where there is no home directory, and none is needed otherwise.
 * @see {@link https://specifications.freedesktop.org/basedir-spec/latest/}
 */
export function cacheDirectory(options: CacheDirectoryOptions = {}): string {
  const { env = process.env, platform = process.platform } = options;
  const home = () => options.home ?? homedir();
  if (env.SCRATCHBUILD_CACHE_DIR) return env.SCRATCHBUILD_CACHE_DIR;
  if (env.XDG_CACHE_HOME?.startsWith("/")) {
    return join(env.XDG_CACHE_HOME, "scratchbuild");
  }
  switch (platform) {
    case "darwin":
      return join(home(), "Library", "Caches", "scratchbuild");
    case "win32":
      return join(
        env.LOCALAPPDATA || join(home(), "AppData", "Local"),
        "scratchbuild",
      );
    default:
      return join(home(), ".cache", "scratchbuild");
  }
}
