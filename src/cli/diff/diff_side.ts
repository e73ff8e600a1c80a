import { statSync } from "node:fs";
import process from "node:process";
import { type Location, parseLocation } from "../../machine/location.ts";
import { parseSource } from "../parse/parse_source.ts";
import { quoted, usageError } from "../parse/usage_error.ts";

/** One of the two that `diff` compares. */
export type DiffSide =
  | {
    readonly kind: "directory";
    /** The directory on this computer. */
    readonly path: string;
    /** Absolute path in the image that it is compared with. */
    readonly destination: string;
  }
  | { readonly kind: "image"; readonly location: Location };

/** What is a location whatever lies on this computer. */
const LOCATION = /^(?:oci|oci-archive|docker-archive|docker):/;

/**
 * Reads an argument of `diff`: a directory that is there, `SRC[:DEST]` with SRC
 * a directory that is there, or else a location.
 *
 * @param windows Whether paths have drive letters.
 * @throws {ScratchbuildError} Code `USAGE` or `REFERENCE_SYNTAX` where it is
 * none of them.
 */
export function parseDiffSide(
  text: string,
  windows: boolean = process.platform === "win32",
): DiffSide {
  if (isDirectory(text)) {
    return { kind: "directory", path: text, destination: "/" };
  }
  if (text === "-") {
    throw usageError(
      "Cannot compare with standard input: name an image or a directory",
    );
  }
  if (!LOCATION.test(text)) {
    const { path, destination } = parseSource(text, windows);
    if (destination !== undefined && isDirectory(path)) {
      return { kind: "directory", path, destination };
    }
    const looksLikePath = /^(?:\.{0,2}[/\\]|~)/.test(path) ||
      (windows && /^[A-Za-z]:[/\\]/.test(path));
    if (looksLikePath && !/\.tar$/i.test(text)) {
      throw usageError(
        `Cannot compare ${quoted(text)}: there is no such directory`,
      );
    }
  }
  return { kind: "image", location: parseLocation(text, { windows }) };
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
