import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** What a directory tree holds besides owners and times. */
export interface TreeNode {
  /** What it is. */
  readonly type: "file" | "directory" | "symlink" | "other";
  /** Permissions in octal, `4755`; absent on symlinks, which have none. */
  readonly mode?: string;
  /** Where a symlink points. */
  readonly target?: string;
  /** SHA-256 of a file's content, in hex. */
  readonly content?: string;
  /** All names of a file that has several, sorted. */
  readonly names?: readonly string[];
}

/** Everything below a directory by its path, in the order of the names. */
export type Tree = Record<string, TreeNode>;

/** Describes what lies in a directory, so that two trees can be compared. */
export async function describeTree(root: string): Promise<Tree> {
  const paths = (await pathsBelow(root, "")).sort();
  const found = await Promise.all(
    paths.map(async (path) => ({ path, stats: await lstat(join(root, path)) })),
  );
  const names = new Map<number, string[]>();
  for (const { path, stats } of found) {
    if (!stats.isFile() || stats.nlink < 2) continue;
    names.set(stats.ino, [...names.get(stats.ino) ?? [], path]);
  }
  const tree: Tree = {};
  for (const { path, stats } of found) {
    tree[path] = await describe(join(root, path), stats, names.get(stats.ino));
  }
  return tree;
}

/** Never through a symlink, as `readdir` with `recursive` does on Node. */
async function pathsBelow(root: string, directory: string): Promise<string[]> {
  const paths: string[] = [];
  const entries = await readdir(join(root, directory), { withFileTypes: true });
  for (const entry of entries) {
    const path = join(directory, entry.name);
    paths.push(path);
    if (entry.isDirectory()) paths.push(...await pathsBelow(root, path));
  }
  return paths;
}

async function describe(
  path: string,
  stats: Stats,
  names: readonly string[] | undefined,
): Promise<TreeNode> {
  if (stats.isSymbolicLink()) {
    return { type: "symlink", target: await readlink(path) };
  }
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, "0");
  if (stats.isDirectory()) return { type: "directory", mode };
  if (!stats.isFile()) return { type: "other", mode };
  const hash = createHash("sha256").update(await readFile(path));
  return {
    type: "file",
    mode,
    content: hash.digest("hex"),
    ...names && { names },
  };
}
