import { realpathSync } from "node:fs";
import { sep } from "node:path";
import { printable } from "../../spec/printable.ts";
import { LayerError } from "../../tar/layer_error.ts";
import { errorCode } from "../system_error.ts";
import { type Identity, isSame } from "./identity.ts";
import { readTarget } from "./names.ts";
import type { Place } from "./place.ts";

const NEXT = "leave it out, or keep symbolic links as they are";

/**
 * Where a symbolic link leads that is to be followed, in the end.
 *
 * @param link The link on disk.
 * @param root The directory that nothing may lead out of, itself free of links.
 * @param next What to do where that is refused.
 * @throws {LayerError} Where it leads nowhere or out of the directory.
 */
export function followLink(
  link: string,
  root: string,
  next: string = NEXT,
): string {
  let end: string;
  try {
    end = realpathSync(link);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw refused(link, "where there is nothing", next, error);
    }
    if (code === "EINVAL") {
      throw new LayerError(link, "it was changed while it was packed", error);
    }
    if (code === "ELOOP") {
      throw refused(link, "which leads in a circle", next, error);
    }
    throw error;
  }
  const inside = root.endsWith(sep) ? root : root + sep;
  if (end !== root && !end.startsWith(inside)) {
    throw refused(link, `which lies outside ${printable(root)}`, next);
  }
  return end;
}

/**
 * Refuses a link to a directory in which it lies itself: following it would
 * never end.
 *
 * @param link The link on disk.
 * @param place The directory in which it was found.
 * @param end The directory that it leads to.
 * @throws {LayerError}
 */
export function checkEnds(link: string, place: Place, end: Identity): void {
  for (let above: Place | undefined = place; above; above = above.parent) {
    if (isSame(above.identity, end)) {
      throw refused(link, "in which it lies itself", NEXT);
    }
  }
}

function refused(
  link: string,
  why: string,
  next: string,
  cause?: unknown,
): LayerError {
  return new LayerError(
    link,
    `it is a symbolic link to ${printable(readTarget(link))}, ${why}; ${next}`,
    cause,
  );
}
