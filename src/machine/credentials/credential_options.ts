import type { Environment } from "./places.ts";
import type { RunHelper } from "./run_helper.ts";

/** How credentials of this machine are looked up, kept and removed. */
export interface DockerCredentialsOptions {
  /**
   * The environment variables.
   *
   * @default {process.env}
   */
  readonly env?: Environment;
  /**
   * The home directory.
   *
   * @default {the variable HOME (on Windows USERPROFILE), else what the system says}
   */
  readonly home?: string;
  /**
   * The directory that relative paths of the environment begin in.
   *
   * @default {process.cwd()}
   */
  readonly cwd?: string;
  /**
   * Runs a credential helper.
   *
   * @default {as a process, without a shell}
   */
  readonly run?: RunHelper;
  /**
   * How long a helper may take, in milliseconds.
   *
   * @default {30000}
   */
  readonly helperTimeLimit?: number;
  /** Ends the work, where no other signal is given. */
  readonly signal?: AbortSignal;
  /** Told what a person should know, in one line without anything secret. */
  readonly onWarning?: (text: string) => void;
  /** Told each place that was looked in, in order. */
  readonly onPlace?: (place: SearchedPlace) => void;
}

/** A place that a credential was looked for in. */
export interface SearchedPlace {
  /** For people: `~/.docker/config.json`, `GITHUB_TOKEN`. */
  readonly place: string;
  /**
   * What was there: the credential; nothing for this registry; no such place;
   * or something that could not be used, which a warning or an error explains.
   */
  readonly outcome: "found" | "nothing" | "absent" | "unusable";
}
