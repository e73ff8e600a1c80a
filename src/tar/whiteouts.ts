import type { Entry, WhiteoutEntry } from "./entry.ts";
import { LayerError } from "./layer_error.ts";
import { nameOf, parentOf, pathBelow } from "./layer_path.ts";

const PREFIX = ".wh.";
const OPAQUE = ".wh..wh..opq";

/** Whether an entry takes something away. */
export function isWhiteout(entry: Entry): entry is WhiteoutEntry {
  return entry.type === "whiteout" || entry.type === "opaque";
}

/** Whether a path, in the form that layers have, is that of a marker. */
export function isMarker(path: string): boolean {
  return path.startsWith(PREFIX, path.lastIndexOf("/") + 1);
}

/**
 * Path of the file that marks a whiteout.
 *
 * @param path What is taken away, in the form that layers have.
 * @throws {LayerError} Where a layer cannot say that.
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts}
 */
export function markerPath(
  { type, path }: WhiteoutEntry,
): string {
  const name = nameOf(path);
  if (path === "") {
    throw new LayerError(
      "/",
      "the root of an image cannot be taken away, nor all that is in it at " +
        "once; take away what is in it, or build without the base image",
    );
  }
  if (isMarker(path)) {
    throw new LayerError(
      path,
      `nothing in an image has a name that begins with '${PREFIX}', so there ` +
        "is nothing to take away; name the path itself, not its marker",
    );
  }
  return type === "opaque"
    ? pathBelow(path, OPAQUE)
    : pathBelow(parentOf(path), PREFIX + name);
}

/**
 * What the marker at a path takes away.
 *
 * @throws {LayerError} Where it is none that the specification knows.
 */
export function whiteoutAt(path: string): WhiteoutEntry {
  const whiteout = knownWhiteout(path);
  if (whiteout) return whiteout;
  throw new LayerError(
    path,
    `the name is reserved: it begins with '${PREFIX}', and yet takes ` +
      "nothing away; rename it or leave it out",
  );
}

/**
 * The same, and nothing for a name that is reserved: AUFS left such files in
 * old images.
 */
export function knownWhiteout(path: string): WhiteoutEntry | undefined {
  const name = nameOf(path);
  const parent = parentOf(path);
  if (name === OPAQUE) return { type: "opaque", path: parent };
  const hidden = name.slice(PREFIX.length);
  if (["", ".", ".."].includes(hidden) || hidden.startsWith(PREFIX)) {
    return undefined;
  }
  return { type: "whiteout", path: pathBelow(parent, hidden) };
}

/**
 * Refuses a path that means something else in an image than on disk.
 *
 * @param meant Whether names that begin with `.wh.` are meant as markers.
 * @throws {LayerError} For a marker that is not meant, and for a directory
 * named like one.
 */
export function checkMarkers(path: string, meant: boolean): void {
  const start = path.startsWith(PREFIX) ? 0 : path.indexOf(`/${PREFIX}`);
  if (start < 0) return;
  if (path.indexOf("/", start + 1) >= 0) {
    throw new LayerError(
      path,
      `it lies below a name that begins with '${PREFIX}', which in an image ` +
        "takes something away and holds nothing; rename it or leave it out",
    );
  }
  if (meant) return;
  const { type, path: hidden } = whiteoutAt(path);
  throw new LayerError(
    path,
    `in an image it would not appear, but take ${
      type === "opaque" ? `what is in /${hidden}` : `/${hidden}`
    } of the layers below away; rename it, leave it out, or say that ` +
      "whiteouts are meant (--whiteouts, `whiteouts: true`)",
  );
}
