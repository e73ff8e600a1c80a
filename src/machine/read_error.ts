import { LayerError } from "../tar/layer_error.ts";

/** What the error codes of the file system mean to a person. */
const MEANING: Readonly<Record<string, string>> = {
  EACCES: "permission denied; make it readable or leave it out",
  EIO: "the disk reports an input/output error",
  ELOOP: "it was replaced by a symbolic link while it was packed",
  EMFILE: "too many files are open; raise the limit (ulimit -n)",
  ENOENT: "it does not exist",
  ENOTDIR: "it is not a directory",
  EPERM: "the system does not permit it",
};

/** The code of a file system error, `ENOENT` and the like. */
export function errorCode(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}

/** What a file system error means, without the path and the system call. */
export function errorMeaning(error: unknown): string {
  const meaning = MEANING[errorCode(error) ?? ""];
  return meaning ?? (error instanceof Error ? error.message : String(error));
}

/** The error for a path of a source directory that cannot be read. */
export function readError(path: string, error: unknown): LayerError {
  if (error instanceof LayerError) return error;
  return new LayerError(path, errorMeaning(error), error);
}
