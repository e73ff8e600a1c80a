import {
  closeSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { keep, removeOnExit } from "../cleanup.ts";
import { errorCode, errorMeaning } from "../system_error.ts";
import { temporaryBeside } from "../write_whole.ts";
import { type AuthDocument, parseAuthDocument } from "./auth_file.ts";
import { credentialsError } from "./credentials_error.ts";
import { withFileLock } from "./file_lock.ts";
import type { FilePlace } from "./places.ts";
import { readAuthFile } from "./read_auth_file.ts";

/** As Docker writes its own. */
const DEFAULT_INDENT = "\t";
const MAX_LINKS = 40;

/**
 * Changes a file of credentials, or makes it. All that the change lets be stays
 * as it is and in its place. The file is replaced in one step, by one that its
 * owner alone can read; where it is a symbolic link, the file that it leads to
 * is.
 *
 * @param change Changes the document, and says whether there is anything to
 * write. Called again where another program wrote the file meanwhile.
 * @param signal Ends the waiting for other processes.
 * @throws {ScratchbuildError} Code `CREDENTIALS` where the file cannot be read
 * or written, or is malformed; code `ABORTED`.
 */
export async function updateAuthFile(
  { path, shown }: FilePlace,
  change: (document: AuthDocument) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const target = followLinks(path);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    await withFileLock(target, () => {
      let before: string | undefined;
      let isWritten = false;
      while (!isWritten) {
        before = readAuthFile(target, shown)?.text;
        const document = parseAuthDocument(before ?? "", shown);
        if (!change(document)) return;
        const text = `${JSON.stringify(document, null, indentOf(before))}\n`;
        isWritten = replace(
          target,
          new TextEncoder().encode(text),
          // Docker takes no locks.
          () => readAuthFile(target, shown)?.text === before,
        );
      }
    }, signal);
  } catch (error) {
    const code = errorCode(error);
    if (code === "CREDENTIALS" || code === "ABORTED") throw error;
    throw credentialsError(`write ${shown}`, errorMeaning(error));
  }
}

/** The file that a path leads to, whether it exists or not. */
function followLinks(path: string): string {
  let target = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    const found = lstatSync(target, { throwIfNoEntry: false });
    if (!found?.isSymbolicLink()) return target;
    // `..` leads out of where the directory really is.
    target = resolve(realpathSync(dirname(target)), readlinkSync(target));
  }
  // Opening it fails with the system's own words for that.
  return path;
}

/** @returns Whether the file was still as the question says, and is replaced. */
function replace(
  target: string,
  bytes: Uint8Array,
  isUnchanged: () => boolean,
): boolean {
  const temporary = temporaryBeside(target);
  const remove = removeOnExit(temporary);
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      for (let offset = 0; offset < bytes.byteLength;) {
        offset += writeSync(file, bytes, offset);
      }
      keepOwner(file, target);
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

/** So that `sudo` does not take the file away from who owns it. */
function keepOwner(file: number, target: string): void {
  const before = statSync(target, { throwIfNoEntry: false });
  if (!before || before.uid === process.getuid?.()) return;
  try {
    fchownSync(file, before.uid, before.gid);
  } catch {
    // Who may write into the directory need not be able to.
  }
}

function indentOf(text: string | undefined): string {
  return /^[ \t]+(?=")/m.exec(text ?? "")?.[0] ?? DEFAULT_INDENT;
}
