/** What a pattern is compared by. */
export type Translation =
  | {
    /** Paths are this text, or begin or end with it. */
    readonly kind: "exact" | "prefix" | "suffix";
    /** The text. */
    readonly text: string;
  }
  | {
    /** Paths match a regular expression from their begin to their end. */
    readonly kind: "expression";
    /** The expression as Go writes it, without the `^` and `$` around it. */
    readonly source: string;
  };

/** What means something in a regular expression, but nothing in a pattern. */
const ESCAPED = ".+()|{}$";

/**
 * Turns a clean pattern into what Docker turns it into. Going by its
 * documentation instead would not do: there, `**foo` is a `foo` in any
 * directory, but Docker leaves `xfoo` out too.
 *
 * @see {@link https://github.com/moby/patternmatcher/blob/main/patternmatcher.go}
 */
export function translatePattern(pattern: string): Translation {
  let kind: Translation["kind"] = "exact";
  let source = "";
  for (let at = 0; at < pattern.length;) {
    const first = at === 0;
    const char = pattern[at++]!;
    if (char === "*" && pattern[at] === "*") {
      at++;
      if (pattern[at] === "/") at++;
      if (at < pattern.length) {
        source += "(.*/)?";
        kind = "expression";
      } else if (kind === "exact") {
        kind = "prefix";
      } else {
        source += ".*";
        kind = "expression";
      }
      if (first) kind = "suffix";
    } else if (char === "*") {
      source += "[^/]*";
      kind = "expression";
    } else if (char === "?") {
      source += "[^/]";
      kind = "expression";
    } else if (char === "\\") {
      source += char + (pattern[at++] ?? "");
      kind = "expression";
    } else if (ESCAPED.includes(char)) {
      source += `\\${char}`;
    } else {
      source += char;
      if (char === "[" || char === "]") kind = "expression";
    }
  }
  if (kind === "exact") return { kind, text: pattern };
  if (kind === "prefix") return { kind, text: pattern.slice(0, -2) };
  if (kind === "suffix") return { kind, text: pattern.slice(2) };
  return { kind, source };
}
