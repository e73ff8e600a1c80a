import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
} from "node:fs";
import { decodeUtf8 } from "../../bytes/escape_bytes.ts";
import { LayerError } from "../../tar/layer_error.ts";
import { readError } from "../read_error.ts";
import { errorCode } from "../system_error.ts";
import { followLink } from "./follow_link.ts";

/** Longest ignore file in bytes. */
const LONGEST = 1 << 20;

/** Opening a named pipe would otherwise wait for its writer, for ever. */
const NO_WAIT: number = constants.O_NONBLOCK ?? 0;

/** Windows has no such flag. */
export const NO_FOLLOW: number = constants.O_NOFOLLOW ?? 0;

const NO_LINK = "put the file itself there, or name it (ignore: { file })";

/**
 * Where an ignore file lies that is looked for at a root, nothing where there
 * is none. A link that leads to nothing or out of the root is refused.
 *
 * @throws {LayerError}
 */
export function endInside(file: string, root: string): string | undefined {
  try {
    if (!lstatSync(file).isSymbolicLink()) return file;
    return followLink(file, realpathSync(root), NO_LINK);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw readError(file, error);
  }
}

/**
 * The text of an ignore file, nothing where there is none.
 *
 * @param flags For opening it, besides those that are always meant.
 * @param next The next step, where it is no file.
 * @throws {LayerError}
 */
export function readIgnoreFile(
  path: string,
  flags: number,
  next: string,
): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | NO_WAIT | flags);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw readError(path, error);
  }
  try {
    if (!fstatSync(file).isFile()) {
      throw new LayerError(
        path,
        `it is no file, so nothing can be ignored by it; ${next}`,
      );
    }
    const bytes = new Uint8Array(LONGEST + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, null);
    }
    if (length > LONGEST) {
      throw new LayerError(path, "an ignore file may have 1 MiB at most");
    }
    const text = decodeUtf8(bytes.subarray(0, length));
    if (text !== undefined) return text;
    throw new LayerError(path, "the ignore file is not UTF-8; save it as such");
  } catch (error) {
    throw readError(path, error);
  } finally {
    closeSync(file);
  }
}
