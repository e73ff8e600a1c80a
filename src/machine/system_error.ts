/** What the error codes of the system mean to a person. */
const MEANING: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the quota of the disk is used up",
  EFBIG: "the file would be larger than the system permits",
  EIO: "the disk reports an input/output error",
  EISDIR: "it is a directory",
  ELOOP: "its symbolic links lead in a circle",
  EMFILE: "too many files are open; raise the limit (ulimit -n)",
  ENAMETOOLONG: "the name is longer than the system permits",
  ENOENT: "it does not exist",
  ENOSPC: "no space is left on the disk",
  ENOTDIR: "something above it is a file and no directory",
  EPERM: "the system does not permit it",
  EROFS: "the disk can only be read",
};

/** The code of a system error, `ENOENT` and the like. */
export function errorCode(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}

/** What a system error means, without the path and the system call. */
export function errorMeaning(error: unknown): string {
  const meaning = MEANING[errorCode(error) ?? ""];
  return meaning ?? (error instanceof Error ? error.message : String(error));
}
