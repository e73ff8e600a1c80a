import { LayerError } from "./layer_error.ts";

/**
 * As long a path as Linux takes, in bytes. Links that lead farther are not
 * followed: what lies there could not be made by any program, and would take
 * minutes.
 */
export const LONGEST_PATH: number = 4096;

/** Finds a part that is empty, `.` or `..`. */
const ODD_PART = /(?:^|\/)\.{0,2}(?:\/|$)/;

/**
 * Brings a path into the form that a layer holds: parts joined by `/`, none of
 * them empty or `.`. The root is the empty text.
 *
 * @throws {LayerError} For `..`, a NUL or a lone surrogate in the path, and for
 * what is no text.
 */
export function layerPath(path: string): string {
  if (typeof path !== "string") {
    throw new LayerError(String(path), "the path is no text; give one");
  }
  if (!path.isWellFormed()) {
    throw new LayerError(path, "the name is not valid Unicode; rename it");
  }
  if (path.includes("\0")) {
    throw new LayerError(path, "the name holds a NUL character");
  }
  if (!ODD_PART.test(path)) return path;
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) {
    throw new LayerError(path, "a path in a layer may not hold '..'");
  }
  return parts.join("/");
}

/** The last part of a path in the form that layers have. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The directory that holds a path in the form that layers have. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/** The path of a name in a directory; the root is the empty text. */
export function pathBelow(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}

/**
 * Sorts items by the bytes of a text that each of them has, in place.
 *
 * @returns The same items.
 */
export function sortByBytes<T>(items: T[], textOf: (item: T) => string): T[] {
  const keyed = items.map((item) => ({ item, text: textOf(item) }));
  // Engines compare texts faster, and the same way where no surrogates are.
  const compare = keyed.some(({ text }) => /[\ud800-\udfff]/.test(text))
    ? compareBytes
    : (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;
  keyed.sort((a, b) => compare(a.text, b.text));
  keyed.forEach(({ item }, position) => items[position] = item);
  return items;
}

/**
 * Orders two texts by the bytes of their UTF-8 form, which is the order of
 * their code points. The order of UTF-16 code units differs from that where
 * surrogates meet U+E000 to U+FFFF.
 */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let position = 0; position < length; position++) {
    const left = a.charCodeAt(position);
    const right = b.charCodeAt(position);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Moves surrogates behind all other code units. */
function rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}
