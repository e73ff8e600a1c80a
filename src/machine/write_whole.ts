import { randomUUID } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { turn } from "../bytes/turn.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { keep, removeOnExit } from "./cleanup.ts";
import { errorCode, errorMeaning } from "./read_error.ts";

/**
 * Writes a file whole or not at all: the bytes go to a temporary file beside
 * it, which takes its name at the end. When anything fails, what was there
 * before is still there.
 *
 * @throws {ScratchbuildError} Code `TARGET` where the file cannot be written.
 * @throws What reading the chunks fails with.
 */
export async function writeWhole(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  checkFileTarget(path);
  const temporary = join(
    dirname(path),
    `.${basename(path).slice(0, 200)}.${randomUUID()}.tmp`,
  );
  const remove = removeOnExit(temporary);
  try {
    const file = attempt(path, () => openSync(temporary, "wx", 0o666));
    try {
      for await (const chunk of chunks) {
        for (let offset = 0; offset < chunk.byteLength;) {
          offset += attempt(path, () => writeSync(file, chunk, offset));
        }
        await turn();
      }
      // Without it, a power cut after the renaming can leave an empty file.
      attempt(path, () => fsyncSync(file));
    } finally {
      closeSync(file);
    }
    attempt(path, () => renameSync(temporary, path));
    keep(temporary);
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * Refuses a path that {@linkcode writeWhole} could not write: for finding out
 * before long work has been done.
 *
 * @throws {ScratchbuildError} Code `TARGET`.
 */
export function checkFileTarget(path: string): void {
  attempt(path, () => statSync(dirname(path)));
  const present = attempt(
    path,
    () => statSync(path, { throwIfNoEntry: false }),
  );
  if (present?.isDirectory()) {
    throw targetError(path, "it is a directory; name a file");
  }
}

function attempt<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const missing = errorCode(error) === "ENOENT";
    throw targetError(
      path,
      missing
        ? `the directory ${dirname(path)} does not exist; create it first`
        : errorCode(error) === "ENOSPC"
        ? "no space is left on the disk"
        : errorMeaning(error),
      error,
    );
  }
}

function targetError(
  path: string,
  why: string,
  cause?: unknown,
): ScratchbuildError {
  return new ScratchbuildError(`Cannot write ${path}: ${why}`, {
    code: "TARGET",
    cause,
  });
}
