import type { Digest } from "./digest.ts";

/**
 * How a container of the image is run.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md}
 */
export interface ImageConfig {
  /** User name or UID, with `:group` where wanted. */
  User?: string;
  /** Ports to expose: `port/tcp`, `port/udp` or `port` to empty objects. */
  ExposedPorts?: Record<string, Record<string, never>>;
  /** Environment, entries of the form `NAME=value`. */
  Env?: string[];
  /** The command and its first arguments. */
  Entrypoint?: string[];
  /** Default arguments to the entrypoint, or the command where there is none. */
  Cmd?: string[];
  /** Directories that hold data of one container: paths to empty objects. */
  Volumes?: Record<string, Record<string, never>>;
  /** Directory in which the command starts. */
  WorkingDir?: string;
  /** Free metadata. */
  Labels?: Record<string, string>;
  /** Signal that stops the container, `SIGTERM` or a number. */
  StopSignal?: string;
  /** Whether the entrypoint is one escaped string. Windows, deprecated. */
  ArgsEscaped?: boolean;
  /** How Docker finds out whether a container is well. */
  Healthcheck?: Healthcheck;
  /** Instructions for images that are built on this one. Docker only. */
  OnBuild?: string[];
  /** Shell of the shell form of instructions. Docker only. */
  Shell?: string[];
  /** Seconds until a container that does not stop is killed. Docker only. */
  StopTimeout?: number;
}

/**
 * A check that Docker runs in a container. OCI runtimes ignore it.
 *
 * @see {@link https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md}
 */
export interface Healthcheck {
  /** `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", command]`. */
  Test?: string[];
  /** Nanoseconds between two checks. */
  Interval?: number;
  /** Nanoseconds until a check that does not answer has failed. */
  Timeout?: number;
  /** Nanoseconds in which a starting container may fail checks. */
  StartPeriod?: number;
  /** Nanoseconds between two checks while the container starts. */
  StartInterval?: number;
  /** Failures in a row until a container counts as unhealthy. */
  Retries?: number;
}

/** The layers of an image by the digests of their uncompressed tars. */
export interface RootFS {
  /** Always `layers`. */
  type: "layers";
  /** DiffIDs, bottom-most first. */
  diff_ids: Digest[];
}

/** How one layer, or one change of the configuration, came to be. */
export interface History {
  /** Date and time, RFC 3339. */
  created?: string;
  /** The command that made the layer. */
  created_by?: string;
  /** Author of the layer. */
  author?: string;
  /** Free text. */
  comment?: string;
  /** Whether no layer belongs to this entry. */
  empty_layer?: boolean;
}

/**
 * The image configuration document; its digest is the image ID.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md}
 */
export interface Image {
  /** Date and time, RFC 3339. */
  created?: string;
  /** Name or e-mail address of who made the image. */
  author?: string;
  /** Processor architecture, a GOARCH value. */
  architecture: string;
  /** Operating system, a GOOS value. */
  os: string;
  /** Version of the operating system. Windows. */
  "os.version"?: string;
  /** Features of the operating system. Windows. */
  "os.features"?: string[];
  /** Variant of the architecture, for example `v8`. */
  variant?: string;
  /** How a container of the image is run. */
  config?: ImageConfig;
  /** The layers. */
  rootfs: RootFS;
  /** How the layers came to be, bottom-most first. */
  history?: History[];
}
