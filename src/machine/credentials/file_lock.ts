import { closeSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { abortedError } from "../../spec/error.ts";
import { removeOnExit } from "../cleanup.ts";
import { errorCode } from "../system_error.ts";

/** Who holds a lock writes one small file. */
const STALE_AFTER_MS = 10_000;
const POLL_MS = 20;

/**
 * Keeps other processes of this program from changing a file meanwhile, by a
 * file beside it that only one can create. What a process left behind that was
 * killed is removed when it is ten seconds old.
 *
 * @param work Done while the lock is held.
 * @param signal Ends the waiting.
 * @throws What `work` throws; a system error where there can be no such file.
 * @throws {ScratchbuildError} Code `ABORTED`.
 */
export async function withFileLock<T>(
  path: string,
  work: () => T,
  signal?: AbortSignal,
): Promise<T> {
  const lock = join(dirname(path), `.${basename(path)}.scratchbuild-lock`);
  while (!take(lock)) {
    if (signal?.aborted) throw abortedError("change the credentials", signal);
    if (isStale(lock)) rmSync(lock, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const release = removeOnExit(lock);
  try {
    return work();
  } finally {
    release();
  }
}

function take(lock: string): boolean {
  try {
    const file = openSync(lock, "wx", 0o600);
    try {
      writeSync(file, `${process.pid}\n`);
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

function isStale(lock: string): boolean {
  const found = statSync(lock, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > STALE_AFTER_MS;
}
