import { ScratchbuildError } from "../spec/error.ts";
import { LayerError } from "../tar/layer_error.ts";
import { errorCode, errorMeaning } from "./system_error.ts";

const NEXT: Readonly<Record<string, string>> = {
  EACCES: "; make it readable or leave it out",
  ENAMETOOLONG: "; move the directory to where its path is shorter",
};

/** The error for a path of a source directory that cannot be read. */
export function readError(path: string, error: unknown): ScratchbuildError {
  if (error instanceof ScratchbuildError) return error;
  const next = NEXT[errorCode(error) ?? ""] ?? "";
  return new LayerError(path, errorMeaning(error) + next, error);
}
