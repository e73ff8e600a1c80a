import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { basename, resolve, sep } from "node:path";
import type { CreatedLayer } from "../image/container_image.ts";
import type { LayerOptions } from "../image/create_layer.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import type { Entry } from "../tar/entry.ts";
import { LayerError } from "../tar/layer_error.ts";
import {
  guardSecrets,
  type GuardSecretsOptions,
} from "../tree/secrets/guard_secrets.ts";
import { createLayer } from "./create_layer.ts";
import {
  checkDirectory,
  directory,
  type DirectoryOptions,
} from "./directory/directory.ts";
import { fileEntry } from "./directory/file_entry.ts";
import { layerFromTarFile } from "./layer_from_tar_file.ts";
import { readError } from "./read_error.ts";
import { errorCode } from "./system_error.ts";

/** Options of {@linkcode createLayerFromPath}. */
export interface PathLayerOptions extends Omit<LayerOptions, "mtime"> {
  /**
   * What is left out of a directory, and how it is read. A single file knows of
   * it `modes` and `xattrs`. With a tar, which keeps what it says, nothing of
   * it counts, and `dereference` and `modes: "git"` are refused.
   *
   * @default {{}}
   */
  readonly directory?: Omit<DirectoryOptions, "mtime" | "onWarning">;
  /**
   * Time of all entries, in whole seconds since 1970-01-01T00:00:00Z.
   * `preserve` takes over the times on disk, or those in the tar.
   *
   * @default {0} for directories and files; tars keep theirs
   */
  readonly mtime?: number | "preserve";
  /**
   * Name of a single file in the layer, below `prefix`. Refused for everything
   * else.
   *
   * @default its name on disk
   */
  readonly name?: string;
  /**
   * Looks out for secrets, as `guardSecrets` does: in all that is read, also in
   * what `filter` leaves out. With a tar that is taken byte for byte, `report`
   * is called when it was read to its end; what it throws takes the layer back.
   *
   * @default not at all
   */
  readonly secrets?: GuardSecretsOptions;
}

/**
 * Makes a layer of what lies at a path: of a directory, of a single file, or of
 * the entries of a tar, which is told by its name: `.tar`, `.tar.gz`, `.tgz`,
 * `.tar.zst`, `.tzst`, in small or capital letters. A symbolic link at the path
 * is followed.
 *
 * A tar is taken byte for byte unless one of `prefix`, `owner`, `mtime` (a
 * number), `mode`, `filter` and `map` is given; see `createLayerFromTar`.
 *
 * @throws {LayerError} Where there is nothing, or something that cannot be
 * packed.
 * @throws {ScratchbuildError} Code `TAR` where a tar is malformed, code
 * `COMPRESSION` where its compression is, both with the error below as the
 * cause; code `USAGE` for options that do not fit what lies there. See also
 * `createLayer`.
 *
 * @example
 * ```ts no-eval
 * import { createLayerFromPath } from "@x/scratchbuild";
 *
 * const app = await createLayerFromPath("dist", { prefix: "/app" });
 * const tool = await createLayerFromPath("tool", { prefix: "/usr/bin" });
 * const base = await createLayerFromPath("rootfs.tar.gz");
 * console.log(app.digest, tool.digest, base.diffId);
 * ```
 */
export async function createLayerFromPath(
  path: string,
  options: PathLayerOptions = {},
): Promise<CreatedLayer> {
  const kind = pathKind(path);
  checkOptions(path, kind, options);
  const { directory: reading = {}, mtime, name, ...others } = options;
  const { secrets: asked, ...rest } = others;
  const secrets = asked && {
    prefix: rest.prefix ?? "/",
    ...(kind !== "tar" && { origin: originOf(path, kind) }),
    ...asked,
  };
  const time = typeof mtime === "number" ? { mtime } : {};
  if (kind === "tar") {
    return await layerFromTarFile(path, { ...rest, ...time }, secrets);
  }
  const { onWarning } = options;
  const onDisk: DirectoryOptions = {
    ...reading,
    mtime: mtime === "preserve" ? "preserve" : "drop",
    ...(onWarning && { onWarning }),
  };
  const entries: AsyncIterable<Entry> | Entry[] = kind === "directory"
    ? directory(path, onDisk)
    : [await fileEntry(path, name ?? basename(resolve(path)), onDisk)];
  return await createLayer(
    secrets ? guardSecrets(entries, secrets) : entries,
    { ...rest, ...time },
  );
}

/** What a path is to {@linkcode createLayerFromPath}. */
export type PathKind = "directory" | "file" | "tar";

/**
 * Finds out what a path is, and refuses what no layer can be made of: for
 * finding out before long work has been done.
 *
 * @throws {LayerError} Where there is nothing, an empty directory, or something
 * that cannot be packed or read.
 */
export function pathKind(path: string): PathKind {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) {
      checkDirectory(path);
      return "directory";
    }
    if (!stats.isFile()) {
      throw new LayerError(
        path,
        "it is no directory, file or tar; name one of these",
      );
    }
    accessSync(path, constants.R_OK);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw readError(path, error);
    throw new LayerError(path, "it does not exist; check the path", error);
  }
  return isTarName(path) ? "tar" : "file";
}

/** How the names of files end that are taken for tars. */
const TAR_NAME = /\.(?:tar|tar\.gz|tgz|tar\.zst|tzst)$/i;

function isTarName(path: string): boolean {
  return TAR_NAME.test(path);
}

/** Where entries come from, as the search for secrets has it. */
function originOf(path: string, kind: PathKind): string {
  try {
    const real = realpathSync(path).replaceAll(sep, "/");
    return kind === "directory" ? `${real}/` : real;
  } catch (error) {
    throw readError(path, error);
  }
}

/** Refuses what would have no effect, and was meant to have one. */
function checkOptions(
  path: string,
  kind: PathKind,
  { directory = {}, name }: PathLayerOptions,
): void {
  const refuse = (option: string, what: string) => {
    throw new ScratchbuildError(
      `Cannot pack ${printable(path)}: ${option} is for ${what}, and it is a ` +
        `${kind}; leave it out`,
      { code: "USAGE" },
    );
  };
  if (name !== undefined && kind !== "file") refuse("a name", "single files");
  if (kind !== "tar") return;
  if (directory.dereference) refuse("dereference", "directories");
  if (directory.modes === "git") {
    refuse('modes: "git"', "directories and files");
  }
}
