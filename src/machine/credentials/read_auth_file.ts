import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import process from "node:process";
import { concat } from "../../bytes/concat.ts";
import { errorCode, errorMeaning } from "../system_error.ts";
import { credentialsError } from "./credentials_error.ts";

const MAX_BYTES = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const READABLE_BY_ALL = 0o004;

/** A file of credentials as it is on the disk. */
export interface AuthFileText {
  /** What it holds. */
  readonly text: string;
  /** Whether every user of this machine may read it. */
  readonly isPublic: boolean;
}

/**
 * Reads a file of credentials.
 *
 * @param shown The path for people.
 * @returns `undefined` where it does not exist.
 * @throws {ScratchbuildError} Code `CREDENTIALS` where it cannot be read, is no
 * file, or is larger than 1 MiB.
 */
export function readAuthFile(
  path: string,
  shown: string,
): AuthFileText | undefined {
  let file: number;
  try {
    // Opening a pipe would wait for who writes to it.
    if (statSync(path).isFIFO()) throw notAFile(shown);
    file = openSync(path, "r");
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw code === "CREDENTIALS" ? error : unreadable(shown, error);
  }
  try {
    const { mode } = fstatSync(file);
    const isPublic = process.platform !== "win32" &&
      (mode & READABLE_BY_ALL) !== 0;
    return { text: readText(file, shown), isPublic };
  } catch (error) {
    throw errorCode(error) === "CREDENTIALS" ? error : unreadable(shown, error);
  } finally {
    closeSync(file);
  }
}

function readText(file: number, shown: string): string {
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (true) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const length = readSync(file, chunk, 0, CHUNK_BYTES, null);
    if (length === 0) return new TextDecoder().decode(concat(chunks));
    chunks.push(chunk.subarray(0, length));
    size += length;
    if (size > MAX_BYTES) {
      throw credentialsError(
        `read ${shown}`,
        "it is larger than 1 MiB, so it is probably no file of credentials",
      );
    }
  }
}

function notAFile(shown: string): Error {
  return credentialsError(`read ${shown}`, "it is a pipe; name a file");
}

function unreadable(shown: string, error: unknown): Error {
  const next = errorCode(error) === "EACCES"
    ? ". Make it readable for the user that runs this"
    : "";
  return credentialsError(`read ${shown}`, errorMeaning(error) + next);
}
