import { IgnoreRules } from "./ignore_rules.ts";
import { parseIgnoreFile } from "./parse_ignore_file.ts";

/**
 * Makes the function that says which paths a `.dockerignore` leaves out.
 *
 * @param patterns The lines of the file, comments and all.
 * @returns True where the path, relative to the tree, is left out.
 * @throws {ScratchbuildError} Code `USAGE` for a pattern that is none.
 *
 * @example
 * ```ts
 * import { ignoreMatcher } from "@x/scratchbuild/core";
 *
 * const isIgnored = ignoreMatcher(["**\/*.log", "!keep.log"]);
 * isIgnored("logs/today.log"); // true
 * isIgnored("keep.log"); // false
 * ```
 */
export function ignoreMatcher(
  patterns: readonly string[],
): (path: string) => boolean {
  const rules = new IgnoreRules(parseIgnoreFile(patterns.join("\n")));
  return (path) => rules.isIgnored(path);
}
