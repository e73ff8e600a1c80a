import { quoted, usageError } from "./usage_error.ts";

/** One `SRC[:DEST]` of the command line: a directory that becomes a layer. */
export interface Source {
  /** The directory on this computer. */
  readonly path: string;
  /** Absolute path of the directory in the image. */
  readonly destination: string;
}

/**
 * Parses `SRC[:DEST]`. The last `:` that is followed by `/` parts the two, so
 * that a name may hold colons. On Windows the colon of a drive (`C:\out`,
 * `C:/out`) belongs to SRC.
 *
 * @param windows Whether paths have drive letters.
 * @throws {ScratchbuildError} Code `USAGE`.
 */
export function parseSource(text: string, windows: boolean): Source {
  const colon = text.lastIndexOf(":/");
  const drive = windows && colon === 1 && /^[A-Za-z]/.test(text);
  const parted = colon >= 0 && !drive;
  const path = parted ? text.slice(0, colon) : text;
  const destination = parted ? text.slice(colon + 1) : "/";
  if (path === "") {
    throw usageError(
      `Cannot use ${quoted(text)}: name a directory before the colon, ` +
        "as in ./out:/app",
    );
  }
  if (destination.split("/").includes("..")) {
    throw usageError(
      `Cannot use ${quoted(text)}: ` +
        "the path in the image may not hold '..'; write it out",
    );
  }
  return { path, destination: normalized(destination) };
}

/**
 * What a person probably meant by a source that does not exist: `out:app`
 * looks like a DEST that is not absolute.
 */
export function sourceHint({ path }: Source): string {
  const colon = path.lastIndexOf(":");
  if (colon < 2) return ""; // Nothing before it, or a drive.
  return `; the path in the image must be absolute, as in ` +
    `${path.slice(0, colon)}:/${path.slice(colon + 1)}`;
}

/** The same path without empty parts and `.`: `/app//x/./` is `/app/x`. */
function normalized(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return `/${parts.join("/")}`;
}
