import { CharSet, inName, onLine } from "./char_set.ts";

/** A part of an expression. */
export type Step =
  /** One character. */
  | { readonly kind: "one"; readonly code: number }
  /** One character of a set. */
  | { readonly kind: "any"; readonly set: CharSet }
  /** Characters of a set, or none. */
  | { readonly kind: "many"; readonly set: CharSet }
  /** Nothing, or directories. */
  | { readonly kind: "skip" }
  /** Nothing, and only where the path begins. */
  | { readonly kind: "start" };

const DIRECTORIES = "(.*/)?";
const ANYTHING = ".*";
const IN_NAME = "[^/]";

/**
 * Takes an expression apart that a pattern was turned into. There is nothing
 * else in it than what can come of a pattern: no alternatives, no groups but
 * the one that stands for directories.
 *
 * @throws {SyntaxError} With what is wrong and the next step.
 */
export function parseExpression(source: string): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < source.length;) {
    const char = source[at];
    if (char === "(") {
      // Directories and then directories are directories.
      if (steps.at(-1)?.kind !== "skip") steps.push({ kind: "skip" });
      at += DIRECTORIES.length;
    } else if (char === ".") {
      steps.push({ kind: "many", set: onLine });
      at += ANYTHING.length;
    } else if (char === "[") {
      const { set, end } = readSet(source, at);
      const many = source[end] === "*";
      steps.push({ kind: many ? "many" : "any", set });
      at = many ? end + 1 : end;
    } else if (char === "^") {
      steps.push({ kind: "start" });
      at++;
    } else {
      const { code, end } = readCharacter(source, at);
      steps.push({ kind: "one", code });
      at = end;
    }
  }
  return steps;
}

function readSet(source: string, begin: number): { set: CharSet; end: number } {
  if (source.startsWith(IN_NAME, begin)) {
    return { set: inName, end: begin + IN_NAME.length };
  }
  let at = begin + 1;
  const negated = source[at] === "^";
  if (negated) at++;
  const bounds: number[] = [];
  do {
    if (source.startsWith("[:", at)) {
      throw new SyntaxError(
        "names of sets as in [[:alpha:]] are not understood; write the " +
          "characters or a range of them, and \\[ for the character itself",
      );
    }
    const first = readCharacter(source, at);
    const range = source[first.end] === "-" && source[first.end + 1] !== "]";
    const last = range ? readCharacter(source, first.end + 1) : first;
    if (last.code < first.code) {
      throw new SyntaxError("a range goes backwards; turn it around");
    }
    bounds.push(first.code, last.code);
    at = last.end;
  } while (source[at] !== "]");
  return { set: new CharSet(bounds, negated), end: at + 1 };
}

function readCharacter(
  source: string,
  begin: number,
): { code: number; end: number } {
  const escaped = source[begin] === "\\";
  const at = escaped ? begin + 1 : begin;
  const code = source.codePointAt(at);
  if (code === undefined) {
    throw new SyntaxError(
      "a bracket is not closed as Docker reads it, which knows no wildcards " +
        "between brackets; write them outside",
    );
  }
  const char = String.fromCodePoint(code);
  // To Docker, most of these are errors and the others are whole sets, though
  // its documentation calls them the character itself.
  if (escaped && (code > 0x7f || /[0-9A-Za-z]/.test(char))) {
    throw new SyntaxError(
      `a backslash before "${char}" means nothing; leave it out, or write / ` +
        "between the parts of a path",
    );
  }
  return { code, end: at + char.length };
}
