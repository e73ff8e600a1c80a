import { randomUUID } from "node:crypto";
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { abortedError } from "../spec/error.ts";
import { keep, removeOnExit } from "./cleanup.ts";
import { errorCode } from "./system_error.ts";
import { temporaryBeside } from "./write_whole.ts";

/** Who holds a lock writes one small file. */
const STALE_AFTER_MS = 10_000;
const POLL_MS = 20;

/** Options of {@linkcode withFileLock}. */
export interface FileLockOptions {
  /** What the work is, as in "Cannot <doing>", for the error of the signal. */
  readonly doing: string;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds on a clock that only goes forward.
   *
   * @default {performance.now}
   */
  readonly now?: () => number;
}

/**
 * Keeps other processes of this program from changing a file meanwhile, by a
 * file beside it that only one can create. What a process left behind that was
 * killed is removed when it is ten seconds old, or was watched for so long
 * where clocks disagree. Who was stopped for longer may find that the lock is
 * another one's by then: the work is to make sure that the file is as it was.
 *
 * @param work Done while the lock is held.
 * @throws What `work` throws; a system error where there can be no such file.
 * @throws {ScratchbuildError} Code `ABORTED`.
 */
export async function withFileLock<T>(
  path: string,
  work: () => T,
  options: FileLockOptions,
): Promise<T> {
  const { doing, signal, now = () => performance.now() } = options;
  const lock = join(dirname(path), `.${basename(path)}.scratchbuild-lock`);
  const mine = `${process.pid} ${randomUUID()}\n`;
  let watched: string | undefined | null = null;
  let since = 0;
  while (!take(lock, mine)) {
    if (signal?.aborted) throw abortedError(doing, signal);
    const holder = read(lock);
    if (holder !== watched) {
      watched = holder;
      since = now();
    }
    const isOld = now() - since > STALE_AFTER_MS || isStale(lock);
    if (isOld) breakLock(lock, holder);
    else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const release = removeOnExit(lock);
  try {
    return work();
  } finally {
    if (read(lock) === mine) release();
    else keep(lock);
  }
}

function take(lock: string, mine: string): boolean {
  try {
    const file = openSync(lock, "wx", 0o600);
    try {
      writeSync(file, mine);
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Who holds the lock; `undefined` where nobody does, or it is a dead link. */
function read(lock: string): string | undefined {
  try {
    return readFileSync(lock, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function isStale(lock: string): boolean {
  const found = statSync(lock, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > STALE_AFTER_MS;
}

/** Of several that find a lock stale, one alone can move it away. */
function breakLock(lock: string, holder: string | undefined): void {
  const aside = temporaryBeside(lock);
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  try {
    // Another one broke it since, and this is the next holder's.
    if (read(aside) !== holder) linkSync(aside, lock);
  } catch {
    // Somebody has taken the lock by now.
  } finally {
    rmSync(aside, { force: true });
  }
}
