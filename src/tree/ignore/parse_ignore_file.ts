import { cleanPattern } from "./clean_pattern.ts";

/** The first character of files that some editors write. */
const BYTE_ORDER_MARK = /^\ufeff/;

/**
 * The patterns of a `.dockerignore`: its lines without comments, empty lines,
 * a byte order mark, blanks around them and the `/` that they begin with.
 * Whether they are patterns at all is found out by `IgnoreRules`.
 *
 * @param text The whole file.
 *
 * @see {@link https://github.com/moby/patternmatcher/blob/main/ignorefile/ignorefile.go}
 *
 * @example
 * ```ts
 * import { parseIgnoreFile } from "@x/scratchbuild/core";
 *
 * parseIgnoreFile("# not for the image\n/dist/\n! /dist/app.js\n");
 * // ["dist", "!dist/app.js"]
 * ```
 */
export function parseIgnoreFile(text: string): string[] {
  return text.replace(BYTE_ORDER_MARK, "").split("\n")
    .filter((line) => !line.startsWith("#"))
    .map(cleanPattern)
    .filter((pattern) => pattern !== "");
}
