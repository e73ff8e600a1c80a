import { checkBrackets } from "./check_brackets.ts";
import { cleanPattern } from "./clean_pattern.ts";
import { parseExpression } from "./parse_expression.ts";
import { PatternProgram } from "./pattern_program.ts";
import { translatePattern } from "./translate_pattern.ts";

/** One line of a `.dockerignore`. */
export interface IgnorePattern {
  /** Whether it begins with `!`: what it matches is kept. */
  readonly keeps: boolean;

  /** Whether it matches a clean path, or a directory above it. */
  matches(path: string): boolean;

  /**
   * Whether it may match something below a directory.
   *
   * @param directory Its path with a `/` at the end.
   */
  mayMatchBelow(directory: string): boolean;
}

/**
 * Reads one line.
 *
 * @returns Nothing where the line is empty.
 * @throws {SyntaxError} With what is wrong and the next step.
 */
export function parseIgnorePattern(line: string): IgnorePattern | undefined {
  const clean = cleanPattern(line);
  if (clean === "") return undefined;
  if (clean === "!" || clean === "!/") {
    throw new SyntaxError('nothing follows the "!"; say what is to be kept');
  }
  const keeps = clean.startsWith("!");
  const pattern = keeps ? clean.slice(1) : clean;
  checkBrackets(pattern);
  return { keeps, ...comparison(pattern) };
}

function comparison(pattern: string): Omit<IgnorePattern, "keeps"> {
  const translation = translatePattern(pattern);
  if (translation.kind === "expression") {
    const program = new PatternProgram(parseExpression(translation.source));
    return {
      matches: (path) => program.matches(path),
      mayMatchBelow: (directory) => program.mayBegin(directory),
    };
  }
  const { kind, text } = translation;
  const below = `${text}/`;
  if (kind === "exact") {
    return {
      matches: (path) => path === text || path.startsWith(below),
      mayMatchBelow: (directory) => text.startsWith(directory),
    };
  }
  if (kind === "prefix") {
    return {
      matches: (path) => path.startsWith(text),
      mayMatchBelow: (directory) =>
        text.startsWith(directory) || directory.startsWith(text),
    };
  }
  // Directories may be none: `**/foo` is at the root too.
  const atRoot = text.startsWith("/") ? text.slice(1) : text;
  return {
    matches: (path) =>
      path.endsWith(text) || path.includes(below) || path === atRoot ||
      path.startsWith(atRoot) && path[atRoot.length] === "/",
    mayMatchBelow: () => true,
  };
}
