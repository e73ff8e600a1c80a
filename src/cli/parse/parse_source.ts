import { type Platform, platformText } from "../../spec/platform.ts";
import { fillTemplate } from "./platform_template.ts";
import { quoted, usageError } from "./usage_error.ts";

/** One `SRC[:DEST]` of the command line: what becomes a layer. */
export interface Source {
  /** The directory, the file or the tar on this computer. */
  readonly path: string;
  /** Absolute path in the image, `/app/x`; nothing where none was given. */
  readonly destination?: string;
  /**
   * Whether DEST ends in `/`, or in `/.`: a single file goes into it under its
   * own name, instead of to it.
   */
  readonly isInto: boolean;
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
  if (path === "") {
    throw usageError(
      `Cannot use ${quoted(text)}: name a directory, a file or a tar before ` +
        "the colon, as in ./out:/app",
    );
  }
  if (!parted) return { path, isInto: false };
  const destination = text.slice(colon + 1);
  if (destination.split("/").includes("..")) {
    throw usageError(
      `Cannot use ${quoted(text)}: ` +
        "the path in the image may not hold '..'; write it out",
    );
  }
  return {
    path,
    destination: normalized(destination),
    isInto: /\/\.?$/.test(destination),
  };
}

/**
 * A source of which SRC or DEST are templates, for one platform.
 *
 * @param parts Which of them are.
 * @throws {ScratchbuildError} Code `USAGE` where nothing is left of SRC.
 */
export function sourceFor(
  source: Source,
  platform: Platform,
  parts: { readonly path: boolean; readonly destination: boolean },
): Source {
  const { destination } = source;
  const path = parts.path ? fillTemplate(source.path, platform) : source.path;
  if (path === "") {
    throw usageError(
      `Cannot use ${quoted(source.path)}: for ${platformText(platform)} ` +
        "nothing is left of it; name a directory before it",
    );
  }
  return {
    ...source,
    path,
    ...(destination !== undefined && parts.destination && {
      destination: normalized(fillTemplate(destination, platform)),
    }),
  };
}

/**
 * What a person probably meant by a source that does not exist: `out:app`
 * looks like a DEST that is not absolute.
 */
export function sourceHint({ path }: Pick<Source, "path">): string {
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
