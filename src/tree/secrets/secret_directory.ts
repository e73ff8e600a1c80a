/** A directory that is found as a whole. */
export interface SecretDirectory {
  /** Its path in the tree. */
  readonly path: string;
  /** What it looks like. */
  readonly what: string;
}

const NAMES: ReadonlyMap<string, string> = new Map([
  [".git", "the history of a Git repository"],
  [".hg", "the history of a Mercurial repository"],
  [".svn", "the data of a Subversion checkout"],
  [".aws", "credentials for AWS"],
  [".azure", "credentials for Azure"],
  [".gnupg", "the keys of GnuPG"],
  [".password-store", "a store of passwords"],
]);

/** Its parent is not one, but this is. */
const GCLOUD = ".config/gcloud";

/**
 * The outermost directory, on the way to a path, that should not be in an
 * image.
 *
 * @param path In the form that layers have.
 * @param isDirectory Whether the path itself may be it. A file `.git`, as
 * worktrees and submodules have it, only says where a repository lies.
 */
export function secretDirectory(
  path: string,
  isDirectory: boolean,
): SecretDirectory | undefined {
  // All of them begin with a dot.
  if (!path.startsWith(".") && !path.includes("/.")) return undefined;
  const parts = path.toLowerCase().split("/");
  const last = isDirectory ? parts.length : parts.length - 1;
  for (let position = 0; position < last; position++) {
    const part = parts[position]!;
    const what = part === "gcloud" &&
        `${parts[position - 1]}/${part}` === GCLOUD
      ? "credentials for Google Cloud"
      : NAMES.get(part);
    if (what === undefined) continue;
    return { path: path.split("/").slice(0, position + 1).join("/"), what };
  }
  return undefined;
}
