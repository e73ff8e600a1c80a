import { ScratchbuildError } from "./error.ts";

/**
 * What an image runs on.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md}
 */
export interface Platform {
  /** Processor architecture, a GOARCH value: `amd64`, `arm64`, `arm` … */
  architecture: string;
  /** Operating system, a GOOS value: `linux`, `windows` … */
  os: string;
  /** Version of the operating system. Windows. */
  "os.version"?: string;
  /** Features of the operating system. Windows. */
  "os.features"?: string[];
  /** Variant of the architecture: `v6`, `v7`, `v8` … */
  variant?: string;
}

/** Names that other systems have for the architectures of Go. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  aarch64: "arm64",
  armel: "arm/v6",
  armhf: "arm/v7",
  i386: "386",
  i686: "386",
  "x86-64": "amd64",
  x86_64: "amd64",
};

const PART = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

/**
 * Reads a platform as the command line spells it: `os/architecture` or
 * `os/architecture/variant`, with `:version` of the operating system behind
 * where wanted. Names that `uname` and Debian give an architecture are read as
 * those of Go, as containerd does: `x86_64` is `amd64`. So are capital letters:
 * no runtime would take `Linux`.
 *
 * @throws {ScratchbuildError} Code `PLATFORM_SYNTAX`.
 * @see {@link https://github.com/containerd/platforms/blob/v1.0.0/database.go}
 */
export function parsePlatform(text: string): Platform {
  const colon = text.indexOf(":");
  const version = colon < 0 ? undefined : text.slice(colon + 1);
  const names = colon < 0 ? text : text.slice(0, colon);
  const parts = names.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    .split("/")
    .flatMap((part, position) =>
      (position === 1 && Object.hasOwn(ARCHITECTURES, part)
        ? ARCHITECTURES[part] ?? part
        : part).split("/")
    );
  const [os, architecture, variant] = parts;
  if (
    !os || !architecture || parts.length > 3 || version === "" ||
    parts.some((part) => !PART.test(part))
  ) {
    throw new ScratchbuildError(
      `Cannot read the platform ${JSON.stringify(text)}: ` +
        (text.includes(",")
          ? "it is a list; name each by itself, as in --platform linux/amd64 " +
            "--platform linux/arm64"
          : "write os/architecture or os/architecture/variant, as in " +
            "linux/amd64 or linux/arm/v7"),
      { code: "PLATFORM_SYNTAX" },
    );
  }
  return {
    architecture,
    os,
    ...(version === undefined ? {} : { "os.version": version }),
    ...(variant === undefined ? {} : { variant }),
  };
}

/** The platform in a document that has its fields among others. */
export function platformOf(document: Platform): Platform {
  const { architecture, os, variant } = document;
  const { "os.version": version, "os.features": features } = document;
  return {
    architecture,
    os,
    ...(version === undefined ? {} : { "os.version": version }),
    ...(features === undefined ? {} : { "os.features": features }),
    ...(variant === undefined ? {} : { variant }),
  };
}

/** Writes a platform as {@linkcode parsePlatform} reads it. */
export function platformText(platform: Platform): string {
  const { os, architecture, variant, "os.version": version } = platform;
  return [os, architecture, variant].filter((part) => part).join("/") +
    (version ? `:${version}` : "");
}
