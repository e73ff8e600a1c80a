import { ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";
import { cleanPath, withoutRoot } from "./clean_path.ts";
import { type IgnorePattern, parseIgnorePattern } from "./ignore_pattern.ts";

/** How much of a pattern is shown in a message, in UTF-16 code units. */
const SHOWN = 100;

/**
 * The patterns of a `.dockerignore`: which paths of a tree they leave out. The
 * last one that matches a path, or a directory above it, decides. They mean
 * what they mean to Docker on Linux, on every system: `/` separates the parts
 * of a path, a backslash takes the meaning of the character after it away, and
 * case counts.
 *
 * @see {@link https://docs.docker.com/build/concepts/context/#dockerignore-files}
 * @see {@link https://github.com/moby/patternmatcher}
 *
 * @example
 * ```ts
 * import { IgnoreRules } from "@x/scratchbuild/core";
 *
 * const rules = new IgnoreRules(["node_modules", "docs", "!docs/*.md"]);
 * rules.isIgnored("docs/images/logo.png"); // true
 * rules.isIgnored("docs/start.md"); // false
 * rules.mayKeepBelow("docs"); // true
 * rules.mayKeepBelow("node_modules"); // false
 * ```
 */
export class IgnoreRules {
  readonly #patterns: readonly IgnorePattern[];

  /**
   * Rules that leave out what patterns match.
   *
   * @param patterns As {@linkcode parseIgnoreFile} gives them.
   * @throws {ScratchbuildError} Code `USAGE` for a pattern that is none.
   */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.flatMap((pattern, index) => {
      try {
        return parseIgnorePattern(pattern) ?? [];
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        throw new ScratchbuildError(
          `Cannot use pattern ${index + 1}, ${shown(pattern)}: ` +
            error.message,
          { code: "USAGE", cause: error },
        );
      }
    });
  }

  /**
   * Whether a path is left out. The root of the tree never is.
   *
   * @param path Relative to the tree, parts separated by `/`. A leading `/` or
   * `./` and a trailing `/` mean nothing.
   */
  isIgnored(path: string): boolean {
    const clean = withoutRoot(cleanPath(path));
    return clean !== "." && this.#ignoring(clean) >= 0;
  }

  /**
   * Whether something below a directory that is left out may be kept all the
   * same. Where not, the directory need not be listed.
   *
   * @param directory Relative to the tree, parts separated by `/`.
   */
  mayKeepBelow(directory: string): boolean {
    const clean = withoutRoot(cleanPath(directory));
    if (clean === ".") return true;
    const index = this.#ignoring(clean);
    if (index < 0) return true;
    // What leaves the directory out leaves everything below it out, so only
    // what comes later can keep something.
    return this.#patterns.some((pattern, at) =>
      at > index && pattern.keeps && pattern.mayMatchBelow(`${clean}/`)
    );
  }

  /** The position of the pattern that leaves a path out, -1 if it is kept. */
  #ignoring(path: string): number {
    for (let index = this.#patterns.length - 1; index >= 0; index--) {
      const pattern = this.#patterns[index]!;
      if (pattern.matches(path)) return pattern.keeps ? -1 : index;
    }
    return -1;
  }
}

function shown(pattern: string): string {
  const text = printable(pattern.slice(0, SHOWN).toWellFormed());
  return pattern.length > SHOWN ? `"${text}…"` : `"${text}"`;
}
