import { LayerError } from "../tar/layer_error.ts";
import type { TarHeader } from "../tar/read/tar_entry.ts";

/** Whether a path of a tar is that of the directory in which all else lies. */
export function isRoot(path: string): boolean {
  return path.split("/").every((part) => part === "" || part === ".");
}

/**
 * Refuses a root that is no directory: programs were led out of the image by
 * one that is a link.
 *
 * @throws {LayerError}
 * @see {@link https://nvd.nist.gov/vuln/detail/CVE-2021-29136}
 */
export function checkRoot({ path, type }: TarHeader): void {
  if (!isRoot(path) || type === "directory" || type === "other") return;
  throw new LayerError(
    path === "" ? "/" : path,
    "only a directory can be the root; give it a name",
  );
}
