import {
  lstatSync,
  readdirSync,
  readlinkSync,
  type Stats,
  statSync,
} from "node:fs";
import { turn } from "../bytes/turn.ts";
import type { Entry } from "../tar/entry.ts";
import { LayerError } from "../tar/layer_error.ts";
import { fileSource } from "./file_source.ts";
import { readError } from "./read_error.ts";
import { errorCode } from "./system_error.ts";

const onWindows = globalThis.process?.platform === "win32";

/**
 * The entries of a directory, with all that is below it: files, directories
 * (empty ones too), symbolic links as links, hard links as such. Modes are
 * those on disk, with setuid, setgid and sticky; Windows has none, so there
 * everything is 0755, as Docker does it. Owners and times are not taken over.
 * File contents are read when the layer is made.
 *
 * @param path The directory. Where it is a symbolic link, the directory that
 * it leads to.
 * @throws {LayerError} Where the directory is missing, empty or no directory,
 * or something below it cannot be read or is neither file, directory nor link.
 *
 * @example
 * ```ts no-eval
 * import { createLayer, directory } from "@x/scratchbuild";
 *
 * const layer = await createLayer(directory("dist"), { prefix: "/app" });
 * console.log(layer.digest);
 * ```
 */
export async function* directory(
  path: string,
): AsyncGenerator<Entry, void, undefined> {
  checkDirectory(path);
  const firstName = new Map<string, string>();
  const pending = [""];
  for (
    let inLayer = pending.pop();
    inLayer !== undefined;
    inLayer = pending.pop()
  ) {
    await turn();
    const onDisk = under(path, inLayer);
    for (const name of list(onDisk)) {
      const entry = describe(
        under(onDisk, name),
        inLayer === "" ? name : `${inLayer}/${name}`,
        firstName,
      );
      if (entry.type === "directory") pending.push(entry.path);
      yield entry;
    }
  }
}

/**
 * Refuses what {@linkcode directory} could not begin with.
 *
 * @throws {LayerError}
 */
export function checkDirectory(path: string): void {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(path).isDirectory();
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw readError(path, error);
    throw new LayerError(path, "it does not exist; check the path", error);
  }
  if (!isDirectory) {
    throw new LayerError(path, "it is not a directory; name the directory");
  }
  if (list(path).length === 0) {
    throw new LayerError(
      path,
      "the directory is empty; put there what the image is to hold",
    );
  }
}

/**
 * A path below another one. `join` would shorten `link/..` to the directory of
 * the link, which is not where the link leads.
 */
function under(path: string, below: string): string {
  if (below === "") return path;
  return /[\\/]$/.test(path) ? path + below : `${path}/${below}`;
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    throw readError(path, error);
  }
}

function describe(
  onDisk: string,
  path: string,
  firstName: Map<string, string>,
): Entry {
  try {
    const stats = lstatSync(onDisk);
    const mode = onWindows ? 0o755 : stats.mode & 0o7777;
    if (stats.isDirectory()) return { type: "directory", path, mode };
    if (stats.isSymbolicLink()) {
      return { type: "symlink", path, target: readlinkSync(onDisk) };
    }
    if (!stats.isFile()) {
      throw new LayerError(
        onDisk,
        `it is ${kindOf(stats)}; remove it or leave it out`,
      );
    }
    if (stats.nlink > 1) {
      const inode = inodeOf(onDisk);
      const target = firstName.get(inode);
      if (target !== undefined) return { type: "hardlink", path, target };
      firstName.set(inode, path);
    }
    // Not the whole of the listing, of which there may be many thousands.
    const { dev, ino, size } = stats;
    const body = fileSource(onDisk, { dev, ino, size });
    return { type: "file", path, mode, body };
  } catch (error) {
    throw readError(onDisk, error);
  }
}

/** In full: on Windows the numbers have 64 bits. */
function inodeOf(path: string): string {
  const { dev, ino } = lstatSync(path, { bigint: true });
  return `${dev}:${ino}`;
}

function kindOf(stats: Stats): string {
  if (stats.isSocket()) return "a socket";
  if (stats.isFIFO()) return "a named pipe";
  return "a device";
}
