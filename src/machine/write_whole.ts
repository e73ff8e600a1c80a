import { randomUUID } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { turn } from "../bytes/turn.ts";
import { printable } from "../spec/printable.ts";
import { keep, removeOnExit } from "./cleanup.ts";
import { errorCode, errorMeaning } from "./system_error.ts";
import { targetError } from "./target_error.ts";

/**
 * Writes a file whole or not at all: the bytes go to a temporary file beside
 * it, which takes its name at the end. When anything fails, what was there
 * before is still there. Where the path is a symbolic link, the file that it
 * leads to is written.
 *
 * @param shown The path as people know it, for messages.
 * @throws {ScratchbuildError} Code `TARGET` where the file cannot be written.
 * @throws What reading the chunks fails with.
 */
export async function writeWhole(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  shown: string = path,
): Promise<void> {
  const target = checkFileTarget(path, shown);
  const attempt = <T>(run: () => T) => attemptWriting(shown, target, run);
  const temporary = temporaryBeside(target);
  const remove = removeOnExit(temporary);
  try {
    const file = attempt(() => openSync(temporary, "wx", 0o666));
    try {
      for await (const chunk of chunks) {
        for (let offset = 0; offset < chunk.byteLength;) {
          offset += attempt(() => writeSync(file, chunk, offset));
        }
        await turn();
      }
      // Without it, a power cut after the renaming can leave an empty file.
      attempt(() => fsyncSync(file));
    } finally {
      closeSync(file);
    }
    attempt(() => renameSync(temporary, target));
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
 * @returns The path, with symbolic links resolved where it exists.
 * @throws {ScratchbuildError} Code `TARGET`.
 */
export function checkFileTarget(path: string, shown: string = path): string {
  return attemptWriting(shown, path, () => {
    const present = statSync(path, { throwIfNoEntry: false });
    if (!present) {
      statSync(dirname(path));
      return path;
    }
    if (present.isFile()) return realpathSync(path);
    throw targetError(
      shown,
      present.isDirectory()
        ? "it is a directory; name a file"
        : "it is neither a file nor a new name; for a pipe there is -o -",
    );
  });
}

/** A name for what will take the place of a path. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.scratchbuild-${randomUUID()}.tmp`);
}

/** Whether a name is one that {@linkcode temporaryBeside} gives. */
export function isTemporary(name: string): boolean {
  return /^\.scratchbuild-[\da-f-]{36}\.tmp$/.test(name);
}

function attemptWriting<T>(shown: string, path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const code = errorCode(error);
    if (code === "TARGET") throw error;
    const why = code === "ENOENT"
      ? `the directory ${printable(dirname(path))} does not exist; ` +
        "create it first"
      : errorMeaning(error);
    throw targetError(shown, why, error);
  }
}
