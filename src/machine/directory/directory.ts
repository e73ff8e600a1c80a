import { readdirSync, statSync } from "node:fs";
import type { Entry } from "../../tar/entry.ts";
import { LayerError } from "../../tar/layer_error.ts";
import type { OnLayerWarning } from "../../tar/layer_warning.ts";
import { readError } from "../read_error.ts";
import { errorCode } from "../system_error.ts";
import { completeInBatches } from "./complete_in_batches.ts";
import { completionOf } from "./completion.ts";
import { walk } from "./walk.ts";

/** Options of {@linkcode directory}. */
export interface DirectoryOptions {
  /**
   * What is left out. `auto` reads the patterns from the `.scratchbuildignore`
   * or else the `.dockerignore` at the root of the directory, where there is
   * one; `{ file }` reads them from there; `{ patterns }` are the lines of such
   * a file; `off` leaves nothing out. A file that patterns were read from is
   * left out itself, and with `auto` both of these two. With `auto`, a link must
   * lead to a file in the directory. Patterns are about the
   * places of entries, not about where symbolic links lead.
   *
   * @default {"auto"}
   */
  readonly ignore?:
    | "auto"
    | "off"
    | { readonly file: string }
    | { readonly patterns: readonly string[] };
  /**
   * Whether symbolic links are followed: in their place stands what they lead
   * to, which must lie in the directory too. It may be something that is left
   * out where it lies.
   *
   * @default {false}
   */
  readonly dereference?: boolean;
  /**
   * `preserve` takes over the times on disk, to the nanosecond; on Deno to the
   * millisecond where it may not run GNU `stat`. Such layers have another digest
   * on every checkout.
   *
   * @default {"drop"}
   */
  readonly mtime?: "drop" | "preserve";
  /**
   * `preserve` takes over the modes on disk. `git` knows what Git knows, so
   * that a checkout gives the same digest under every umask: 0755 for
   * directories and for files that their owner may execute, 0644 for
   * everything else.
   *
   * @default {"preserve"}
   */
  readonly modes?: "preserve" | "git";
  /**
   * Whether the extended attributes `security.capability` and `user.*` of files
   * and directories are taken over: `auto` where this computer can read them,
   * `require` fails where it cannot, `off` leaves them out. They are read by the
   * program `getfattr` (package attr), on Linux only; where it is missing there,
   * or Deno may not run it, `auto` warns once. Elsewhere nothing is said.
   *
   * @default {"auto"}
   */
  readonly xattrs?: "auto" | "require" | "off";
  /** Is told what is odd about the tree, and what is left out of it. */
  readonly onWarning?: OnLayerWarning;
}

/**
 * The entries of a directory, with all that is below it: files, directories
 * (empty ones too), symbolic links as links, hard links as such, devices and
 * named pipes. Sockets are left out with a warning. Modes are those on disk,
 * with setuid, setgid and sticky; Windows has none, so there everything is 0755,
 * as Docker does it. Owners are not taken over. File contents are read when the
 * layer is made.
 *
 * Nothing outside the directory is read: what is replaced between its listing
 * and its reading is refused. What is put in the place of something and taken
 * away again just in time is noticed on Linux only, by Deno only with all
 * permissions.
 *
 * @param path The directory. Where it is a symbolic link, the directory that
 * it leads to.
 * @throws {LayerError} Where the directory is missing, empty or no directory,
 * or something below it cannot be read, has a name that is not UTF-8, or is
 * replaced meanwhile; where everything is left out; see also the options.
 * @throws {ScratchbuildError} Code `USAGE` for a pattern that is none.
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
  options: DirectoryOptions = {},
): AsyncGenerator<Entry, void, undefined> {
  checkDirectory(path);
  const found = walk(path, options);
  const complete = completionOf(path, options);
  const batches = complete ? completeInBatches(found, complete) : found;
  for await (const batch of batches) {
    for (const { entry } of batch) yield entry;
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
  if (isEmpty(path)) {
    throw new LayerError(
      path,
      "the directory is empty; put there what the image is to hold",
    );
  }
}

function isEmpty(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch (error) {
    throw readError(path, error);
  }
}
