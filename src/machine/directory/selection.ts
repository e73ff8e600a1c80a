import { realpathSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";
import { LayerError } from "../../tar/layer_error.ts";
import { IgnoreRules } from "../../tree/ignore/ignore_rules.ts";
import { parseIgnoreFile } from "../../tree/ignore/parse_ignore_file.ts";
import type { DirectoryOptions } from "./directory.ts";
import { under } from "./place.ts";
import { endInside, NO_FOLLOW, readIgnoreFile } from "./read_ignore_file.ts";

/** The files that are looked for at the root, the first one found counts. */
const NAMES = [".scratchbuildignore", ".dockerignore"];

/** What is left out of a directory. */
export interface Selection {
  /** What says so, for people. */
  readonly source: string;
  /** The lines of it, nothing where nothing is left out by them. */
  readonly rules: IgnoreRules | undefined;
  /** Paths in the directory that are left out whatever the lines say. */
  readonly never: ReadonlySet<string>;
}

/**
 * Finds out what is to be left out of a directory.
 *
 * @throws {LayerError} Where an ignore file cannot be read.
 * @throws {ScratchbuildError} Code `USAGE` for a pattern that is none.
 */
export function selectionOf(
  root: string,
  ignore: DirectoryOptions["ignore"] = "auto",
): Selection {
  if (ignore === "off") return { source: "", rules: undefined, never: none };
  if (ignore === "auto") {
    const never = new Set(NAMES);
    for (const name of NAMES) {
      const file = under(root, name);
      const end = endInside(file, root);
      const text = end && readIgnoreFile(end, NO_FOLLOW, "remove it");
      if (text !== undefined) {
        return { source: file, rules: rulesOf(text, file), never };
      }
    }
    return { source: "", rules: undefined, never };
  }
  if ("patterns" in ignore) {
    const source = "the patterns that were given";
    const rules = rulesOf(ignore.patterns.join("\n"), source);
    return { source, rules, never: none };
  }
  const { file } = ignore;
  const text = readIgnoreFile(file, 0, "name a file");
  if (text === undefined) {
    throw new LayerError(file, "there is no such ignore file; check the path");
  }
  return {
    source: file,
    rules: rulesOf(text, file),
    never: placeIn(root, file),
  };
}

const none: ReadonlySet<string> = new Set();

function rulesOf(text: string, source: string): IgnoreRules {
  try {
    return new IgnoreRules(parseIgnoreFile(text));
  } catch (error) {
    if (!(error instanceof ScratchbuildError)) throw error;
    const why = error.message.replace(/^Cannot use /, "");
    throw new ScratchbuildError(
      `Cannot leave out what ${printable(source)} says: ${why}`,
      { code: error.code, cause: error },
    );
  }
}

/** Where a file lies in a directory, nothing where it lies elsewhere. */
function placeIn(root: string, file: string): ReadonlySet<string> {
  const real = join(realpathSync(dirname(file)), basename(file));
  const path = relative(realpathSync(root), real);
  return new Set([sep === "/" ? path : path.replaceAll(sep, "/")]);
}
