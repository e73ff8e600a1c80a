import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  statSync,
} from "node:fs";
import process from "node:process";
import { LayerError } from "../../tar/layer_error.ts";
import { readError } from "../read_error.ts";
import { errorCode } from "../system_error.ts";
import { type Identity, isSame } from "./identity.ts";
import { checkUnchanged, type Place } from "./place.ts";

const { O_RDONLY, O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** A directory that stays the same while it is looked at. */
export interface HeldDirectory {
  /** Leads to it, whatever is put in its place meanwhile. */
  readonly path: string;

  /** Lets it go. */
  close(): void;
}

/**
 * Opens a directory, so that what is asked of it is not answered by another one
 * that is in its place for a moment. Only Linux has paths for what is open, and
 * Deno wants all permissions for them; elsewhere its own path has to do.
 *
 * @throws {LayerError} Where it is another one already.
 */
export function holdDirectory(place: Place): HeldDirectory {
  const { onDisk, identity, parent } = place;
  if (process.platform !== "linux") {
    checkUnchanged(place);
    return { path: onDisk, close() {} };
  }
  const noFollow = parent === undefined ? 0 : O_NOFOLLOW;
  let file: number;
  try {
    file = openSync(onDisk, O_RDONLY | O_DIRECTORY | O_NONBLOCK | noFollow);
  } catch (error) {
    checkUnchanged(place);
    throw errorCode(error) === "ENOTDIR"
      ? replaced(onDisk, error)
      : readError(onDisk, error);
  }
  const close = () => closeSync(file);
  if (isSame(fstatSync(file), identity)) {
    return { path: pathOf(file, identity) ?? onDisk, close };
  }
  close();
  checkUnchanged(place); // It says more.
  throw replaced(onDisk);
}

/**
 * Makes sure, where that can be done, that a file or directory lies where its
 * path says, and was not reached through a link that was there for a moment.
 *
 * @param path Free of links.
 * @throws {LayerError} Where it does not; and the error of the system where it
 * cannot be opened.
 */
export function checkLiesAt(path: string, identity: Identity): void {
  if (process.platform !== "linux") return;
  let file: number;
  try {
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    throw errorCode(error) === "ELOOP" ? replaced(path, error) : error;
  }
  try {
    if (!isSame(fstatSync(file), identity)) throw replaced(path);
    const open = pathOf(file, identity);
    if (open !== undefined && readlinkSync(open) !== path) throw replaced(path);
  } finally {
    closeSync(file);
  }
}

/** Whether there are paths for what is open, once that was found out. */
let hasPaths: boolean | undefined;

/** The path of something that is open, nothing where there is none. */
function pathOf(file: number, identity: Identity): string | undefined {
  const path = `/proc/self/fd/${file}`;
  hasPaths ??= leadsTo(path, identity);
  return hasPaths ? path : undefined;
}

function leadsTo(path: string, identity: Identity): boolean {
  try {
    return isSame(statSync(path), identity);
  } catch {
    return false; // No such file system, or no permission.
  }
}

function replaced(path: string, cause?: unknown): LayerError {
  return new LayerError(path, "it was replaced while it was packed", cause);
}
