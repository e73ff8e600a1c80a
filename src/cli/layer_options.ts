import { checkCompression, type Compression } from "../compression/compress.ts";
import { MAX_LEVEL } from "../compression/limits.ts";
import type {
  PathKind,
  PathLayerOptions,
} from "../machine/create_layer_from_path.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { IgnoreRules } from "../tree/ignore/ignore_rules.ts";
import { parseIgnoreFile } from "../tree/ignore/parse_ignore_file.ts";
import type { ImageFlags } from "./flags/image_flags.ts";
import type { LayerFlags } from "./flags/layer_flags.ts";
import { usageError } from "./parse/usage_error.ts";

/** Flags that a single file and a tar cannot follow. */
const FOR_DIRECTORIES = ["ignore-file", "dereference"] as const;

/**
 * Refuses flags for layers that contradict each other, or that no source of the
 * image can follow.
 *
 * @param kinds What the sources are.
 * @throws {ScratchbuildError} Code `USAGE`.
 */
export function checkLayerFlags(
  flags: LayerFlags & Pick<ImageFlags, "format">,
  kinds: readonly PathKind[],
): void {
  const { compression = "gzip", secrets, "allow-secret": allow = [] } = flags;
  checkLevel(compression, flags["compression-level"]);
  if (compression === "zstd" && flags.format === "docker") {
    throw usageError(
      "Cannot use --compression zstd with --format docker: Docker has no media " +
        "type for such layers; use gzip, or --format oci",
    );
  }
  // Whether this runtime has the codec.
  checkCompression({ compression });
  if (flags["ignore-file"] !== undefined && flags["no-ignore"]) {
    throw usageError(
      "Cannot use --ignore-file with --no-ignore, which leaves nothing out; " +
        "leave one of them out",
    );
  }
  if (secrets === "off" && allow.length > 0) {
    throw usageError(
      "Cannot use --allow-secret with --secrets off, which looks for none; " +
        "leave one of them out",
    );
  }
  checkPatterns(allow);
  const unfit = kinds.includes("directory")
    ? undefined
    : FOR_DIRECTORIES.find((name) => flags[name]);
  if (unfit !== undefined) {
    throw usageError(
      `Cannot use --${unfit}: it is for directories, and no SRC is one; ` +
        "leave it out",
    );
  }
  const areTars = kinds.length > 0 && kinds.every((kind) => kind === "tar");
  if (flags.modes === "git" && areTars) {
    throw usageError(
      "Cannot use --modes git: it is for directories and files, and a tar " +
        "keeps its modes; leave it out",
    );
  }
}

function checkLevel(compression: Compression, level?: number): void {
  if (level === undefined) return;
  if (compression !== "gzip" && compression !== "zstd") {
    throw usageError(
      `Cannot use --compression-level with --compression ${compression}: ` +
        "only gzip and zstd have levels",
    );
  }
  if (compression === "gzip" && level > MAX_LEVEL) {
    throw usageError(
      `Cannot use --compression-level ${level}: the levels of gzip are 1 to ` +
        `${MAX_LEVEL}; zstd has more`,
    );
  }
}

function checkPatterns(patterns: readonly string[]): void {
  try {
    new IgnoreRules(parseIgnoreFile(patterns.join("\n")));
  } catch (error) {
    if (!(error instanceof ScratchbuildError)) throw error;
    const why = error.message.replace(/^Cannot use /, "");
    throw usageError(`Cannot use --allow-secret: ${why}`);
  }
}

/**
 * How a source becomes a layer, by the flags.
 *
 * @param kind What the source is.
 * @param epoch Seconds since 1970, where no flag tells the time.
 */
export function layerOptions(
  flags: LayerFlags,
  kind: PathKind,
  epoch: number,
): PathLayerOptions {
  const { owner, compression = "gzip", mtime, whiteouts, jobs } = flags;
  const level = flags["compression-level"];
  // A tar is made reproducible by what makes it: the epoch leaves it as it is.
  const time = kind === "tar" ? mtime : mtime ?? epoch;
  return {
    compression,
    ...(level !== undefined && { level }),
    ...(jobs !== undefined && { jobs }),
    ...(owner && { owner }),
    ...(time !== undefined && { mtime: time }),
    ...(whiteouts && { whiteouts }),
    ...(kind !== "tar" && { directory: readOptions(flags, kind) }),
  };
}

function readOptions(
  flags: LayerFlags,
  kind: "directory" | "file",
): PathLayerOptions["directory"] {
  const { dereference, modes, xattrs, "ignore-file": file } = flags;
  return {
    ...(modes && { modes }),
    ...(xattrs && { xattrs }),
    ...(kind === "directory" && {
      ...(dereference && { dereference }),
      ...(file !== undefined && { ignore: { file } }),
      ...(flags["no-ignore"] && { ignore: "off" as const }),
    }),
  };
}
