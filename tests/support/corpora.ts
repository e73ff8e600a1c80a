import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

/**
 * The directory that holds other projects' test tables and files. They are not
 * part of this repository.
 */
export const corpora: string | undefined = process.env.SCRATCHBUILD_CORPORA;

/** The `skip` option of a test that reads them. */
export const skipWithoutCorpora: string | false = corpora === undefined &&
  "needs SCRATCHBUILD_CORPORA, the directory of other projects' test cases";

/** Path of a file in there. */
export function corpusFile(path: string): string {
  return join(corpora ?? "", path);
}

/** A JSON table in there. */
export function readCorpus<T>(path: string): T {
  return JSON.parse(readFileSync(corpusFile(path), "utf8")) as T;
}
