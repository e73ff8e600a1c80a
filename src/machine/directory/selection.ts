import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";
import { LayerError } from "../../tar/layer_error.ts";
import { IgnoreRules } from "../../tree/ignore/ignore_rules.ts";
import { parseIgnoreFile } from "../../tree/ignore/parse_ignore_file.ts";
import { readError } from "../read_error.ts";
import { errorCode } from "../system_error.ts";
import type { DirectoryOptions } from "./directory.ts";
import { decodeUtf8 } from "../../bytes/escape_bytes.ts";
import { under } from "./place.ts";

/** The files that are looked for at the root, the first one found counts. */
const NAMES = [".scratchbuildignore", ".dockerignore"];

/** Longest ignore file in bytes. */
const LONGEST = 1 << 20;

/** Opening a named pipe would otherwise wait for its writer, for ever. */
const NO_WAIT: number = constants.O_NONBLOCK ?? 0;

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
      const text = readIgnoreFile(file);
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
  const text = readIgnoreFile(file);
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
    throw new ScratchbuildError(
      `Cannot leave out what ${printable(source)} says: ${error.message}`,
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

/** The text of an ignore file, nothing where there is none. */
function readIgnoreFile(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | NO_WAIT);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw readError(path, error);
  }
  try {
    if (!fstatSync(file).isFile()) {
      throw new LayerError(
        path,
        "it is no file, so nothing can be ignored by it; remove it",
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
