import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { keep, removeOnExit } from "./cleanup.ts";
import { temporaryBeside } from "./write_whole.ts";

/** Options of {@linkcode replaceFile}. */
export interface ReplaceFileOptions {
  /** Permissions of the new file. */
  readonly mode: number;
  /** Whether the old file is still what the new one was made from. */
  readonly isUnchanged: () => boolean;
  /** Is given the descriptor of the new file before it takes its place. */
  readonly onWritten?: (file: number) => void;
}

/**
 * Puts a small file in the place of another one in one step, unless that has
 * changed meanwhile: other programs take no locks.
 *
 * @returns Whether the file was unchanged, and is replaced.
 * @throws A system error, and then nothing has changed.
 */
export function replaceFile(
  target: string,
  bytes: Uint8Array,
  { mode, isUnchanged, onWritten }: ReplaceFileOptions,
): boolean {
  const temporary = temporaryBeside(target);
  const remove = removeOnExit(temporary);
  try {
    const file = openSync(temporary, "wx", mode);
    try {
      for (let offset = 0; offset < bytes.byteLength;) {
        offset += writeSync(file, bytes, offset);
      }
      onWritten?.(file);
      // Without it, a power cut after the renaming can leave an empty file.
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (!isUnchanged()) {
      remove();
      return false;
    }
    renameSync(temporary, target);
    keep(temporary);
    return true;
  } catch (error) {
    remove();
    throw error;
  }
}
