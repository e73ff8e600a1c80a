import { lstatSync, realpathSync, type Stats } from "node:fs";
import type { FileEntry } from "../../tar/entry.ts";
import { LayerError } from "../../tar/layer_error.ts";
import { readError } from "../read_error.ts";
import { errorCode } from "../system_error.ts";
import { type AttributeOptions, attributesOf } from "./attributes.ts";
import type { DirectoryOptions } from "./directory.ts";
import { type FileIdentity, fileSource } from "./file_source.ts";
import { versionOf } from "./version_of.ts";
import { completionOf } from "./completion.ts";

/** Options of {@linkcode fileEntry}. */
export type FileEntryOptions = Pick<
  DirectoryOptions,
  "modes" | "mtime" | "onWarning" | "xattrs"
>;

/**
 * The entry of one file. Its content is read when the layer is made.
 *
 * @param path The file. Where it is a symbolic link, the file that it leads to.
 * @param name Its path in the layer.
 * @throws {LayerError} Where there is no file.
 */
export async function fileEntry(
  path: string,
  name: string,
  options: FileEntryOptions = {},
): Promise<FileEntry> {
  try {
    const onDisk = realpathSync(path);
    const stats = lstatSync(onDisk);
    if (!stats.isFile()) {
      throw new LayerError(path, "it is not a file; name a file");
    }
    const { dev, ino, size } = stats;
    const identity = { dev, ino, size };
    const entry = fileOf(onDisk, name, stats, identity, options);
    const complete = completionOf(path, options);
    const [found] = await complete?.([{ entry, onDisk, identity }]) ?? [];
    return found === undefined ? entry : found.entry as FileEntry;
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw readError(path, error);
    throw new LayerError(path, "it does not exist; check the path", error);
  }
}

/** The entry of a file that was looked at. */
export function fileOf(
  onDisk: string,
  path: string,
  stats: Stats,
  identity: FileIdentity,
  options: AttributeOptions,
): FileEntry {
  const version = versionOf(stats, Date.now());
  const body = fileSource(onDisk, { ...identity, version });
  const attributes = attributesOf(onDisk, stats, options);
  return { type: "file", path, body, ...attributes };
}
