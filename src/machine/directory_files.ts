import { statSync } from "node:fs";
import { join } from "node:path";
import type { ArchiveFiles, RefuseArchive } from "../archive/archive_files.ts";
import { printable } from "../spec/printable.ts";
import { fileBytes } from "./file_bytes.ts";
import { errorCode, errorMeaning } from "./system_error.ts";

/**
 * The files of a layout in a directory. Symbolic links are followed: some
 * programs link the blobs, and what they lead to is compared with its digest.
 *
 * @param root The directory.
 * @param refuse Makes the errors.
 * @throws What `refuse` makes, where it is no directory.
 */
export function directoryFiles(
  root: string,
  refuse: RefuseArchive,
): ArchiveFiles {
  const stat = (path: string) => {
    try {
      return statSync(path, { throwIfNoEntry: false });
    } catch (error) {
      if (errorCode(error) === "ENOTDIR") return undefined;
      throw refuse(errorMeaning(error), error);
    }
  };
  const found = stat(root);
  if (!found) throw refuse("it does not exist");
  if (!found.isDirectory()) {
    throw refuse("it is no directory; for an archive write oci-archive:FILE");
  }
  return {
    // deno-lint-ignore require-await -- a failure is to be a rejection
    open: async (path) => {
      const file = join(root, ...path.split("/"));
      if (!stat(file)) return undefined;
      return fileBytes(
        file,
        (why, cause) => refuse(`of its ${printable(path)}, ${why}`, cause),
      );
    },
  };
}
