import {
  directory,
  type DirectoryOptions,
} from "../../src/machine/directory/directory.ts";
import type { Entry } from "../../src/tar/entry.ts";

/** All entries of a directory. */
export async function listEntries(
  path: string,
  options?: DirectoryOptions,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of directory(path, options)) entries.push(entry);
  return entries;
}

/** The paths of all entries of a directory, sorted. */
export async function listPaths(
  path: string,
  options?: DirectoryOptions,
): Promise<string[]> {
  return (await listEntries(path, options)).map(({ path }) => path).sort();
}
