import { spawnSync } from "node:child_process";
import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { printable } from "../../spec/printable.ts";
import { LayerError } from "../../tar/layer_error.ts";
import { mayRun } from "../may_run.ts";
import { readError } from "../read_error.ts";
import { errorCode } from "../system_error.ts";
import { onWindows } from "./attributes.ts";
import { decodeUtf8, escapeBytes } from "../../bytes/escape_bytes.ts";
import { under } from "./place.ts";

/** What stands in a text where there were bytes that are no UTF-8. */
const REPLACEMENT = "\ufffd";

/** What is in a directory. */
export interface Listing {
  /** The names of it that are texts. */
  readonly names: readonly string[];
  /** The other names. */
  readonly broken: readonly BrokenName[];
}

/** A name that is not UTF-8. */
export interface BrokenName {
  /** What the runtime makes of it. Nothing can be opened by it. */
  readonly text: string;
  /** For people: `caf\xe9.txt`. */
  readonly escaped: string;
}

/**
 * Lists a directory.
 *
 * @param via The path to ask by, where it is another one.
 * @throws {LayerError}
 */
export function listNames(path: string, via: string = path): Listing {
  try {
    const names = readdirSync(via);
    const isDoubtful = !onWindows &&
      names.some((name) => name.includes(REPLACEMENT));
    return isDoubtful ? listBytes(path, via) : { names, broken: [] };
  } catch (error) {
    throw readError(path, error);
  }
}

/** The error for a name that cannot be in a layer. */
export function brokenNameError(path: string, name: BrokenName): LayerError {
  return new LayerError(
    path,
    `the name ${
      printable(name.escaped)
    } in it is not UTF-8; rename it or leave it out`,
  );
}

/**
 * Reads where a symbolic link points.
 *
 * @param via The path to ask by, where it is another one.
 * @throws {LayerError} Where that is not UTF-8.
 */
export function readTarget(path: string, via: string = path): string {
  const refuse = (escaped: string) =>
    new LayerError(
      path,
      `it is a symbolic link to ${printable(escaped)}, which is not UTF-8; ` +
        "make the link anew or leave it out",
    );
  let target: string;
  try {
    target = readlinkSync(via);
  } catch (error) {
    const escaped = refusedByDeno(error);
    if (escaped !== undefined) throw refuse(escaped);
    if (errorCode(error) !== "EINVAL") throw error;
    throw new LayerError(path, "it was replaced while it was packed", error);
  }
  if (onWindows) return target.replaceAll("\\", "/");
  if (target.includes(REPLACEMENT)) {
    const bytes = readlinkSync(via, { encoding: "buffer" });
    if (decodeUtf8(bytes) === undefined) throw refuse(escapeBytes(bytes));
  }
  return target;
}

/** Deno does not give such targets, but it says what they are. */
function refusedByDeno(error: unknown): string | undefined {
  const { message } = error as { readonly message?: unknown };
  const found = /"(.*)" is not valid UTF-8/s.exec(String(message));
  return found?.[1]?.replace(
    /\\x[0-9A-F]{2}/g,
    (escape) => escape.toLowerCase(),
  );
}

function listBytes(path: string, via: string): Listing {
  const names = new Set<string>();
  const broken: BrokenName[] = [];
  for (const bytes of bytesOfNames(path, via)) {
    const name = decodeUtf8(bytes);
    if (name === undefined) {
      const text = new TextDecoder().decode(bytes);
      broken.push({ text, escaped: escapeBytes(bytes) });
    } else if (
      name.includes(REPLACEMENT) &&
      // The same text twice: one of them was not UTF-8.
      (names.has(name) || !exists(under(via, name)))
    ) {
      broken.push({ text: name, escaped: name });
    } else names.add(name);
  }
  return { names: [...names], broken };
}

/**
 * Deno has no way to names that are not UTF-8. They can be told by there being
 * nothing of the name that it gives; what they are, `find` knows.
 */
function bytesOfNames(path: string, via: string): Uint8Array[] {
  if ("Deno" in globalThis) {
    const names = namesByFind(path);
    if (names !== undefined) return names;
  }
  return readdirSync(via, { encoding: "buffer" });
}

function namesByFind(path: string): Uint8Array[] | undefined {
  if (!mayRun("find")) return undefined;
  const { status, stdout } = spawnSync(
    "find",
    [".", "-mindepth", "1", "-maxdepth", "1", "-print0"],
    { cwd: path, env: {}, timeout: 10_000, maxBuffer: 1 << 28 },
  );
  if (status !== 0) return undefined;
  const names: Uint8Array[] = [];
  for (let start = 0, end: number; start < stdout.length; start = end + 1) {
    end = stdout.indexOf(0, start);
    names.push(stdout.subarray(start + "./".length, end));
  }
  return names;
}

function exists(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}
