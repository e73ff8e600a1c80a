import {
  fchownSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  statSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { withFileLock } from "../file_lock.ts";
import { replaceFile } from "../replace_file.ts";
import { errorCode, errorMeaning } from "../system_error.ts";
import { type AuthDocument, parseAuthDocument } from "./auth_file.ts";
import { credentialsError } from "./credentials_error.ts";
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
        isWritten = replaceFile(target, new TextEncoder().encode(text), {
          mode: 0o600,
          isUnchanged: () => readAuthFile(target, shown)?.text === before,
          onWritten: (file) => keepOwner(file, target),
        });
      }
    }, { doing: "change the credentials", signal });
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
