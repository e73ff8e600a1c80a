/**
 * What moby/patternmatcher does, step by step and by regular expressions: no
 * line of it is shared with what it is compared to.
 */
export interface Reference {
  readonly kind: "exactMatch" | "prefixMatch" | "suffixMatch" | "regexpMatch";
  readonly source: string;
}

/** A pattern, cleaned, as the regular expression that Docker makes of it. */
export function compileReference(pattern: string): Reference {
  let source = "^";
  let kind: Reference["kind"] = "exactMatch";
  const left = [...pattern];
  const next = () => left[0];
  for (let first = true; left.length > 0; first = false) {
    const character = left.shift()!;
    if (character === "*" && next() === "*") {
      left.shift();
      if (next() === "/") left.shift();
      if (left.length > 0) {
        source += "(.*/)?";
        kind = "regexpMatch";
      } else if (kind === "exactMatch") {
        kind = "prefixMatch";
      } else {
        source += ".*";
        kind = "regexpMatch";
      }
      if (first) kind = "suffixMatch";
    } else if (character === "*") {
      source += "[^/]*";
      kind = "regexpMatch";
    } else if (character === "?") {
      source += "[^/]";
      kind = "regexpMatch";
    } else if (".+()$".includes(character)) {
      source += `\\${character}`;
    } else if (character === "\\") {
      source += `\\${left.shift()}`;
      kind = "regexpMatch";
    } else {
      source += character;
      if (character === "[" || character === "]") kind = "regexpMatch";
    }
  }
  return { kind, source: kind === "regexpMatch" ? `${source}$` : "" };
}

function matches(pattern: string, path: string): boolean {
  const { kind, source } = compileReference(pattern);
  if (kind === "exactMatch") return path === pattern;
  if (kind === "prefixMatch") return path.startsWith(pattern.slice(0, -2));
  if (kind === "regexpMatch") return new RegExp(source, "su").test(path);
  const suffix = pattern.slice(2);
  return path.endsWith(suffix) || suffix === `/${path}`;
}

/**
 * Whether patterns leave a path out: each in its turn, the path itself and then
 * all the directories above it.
 *
 * @param patterns Cleaned, as `parseIgnoreFile` gives them.
 */
export function isIgnoredByReference(
  patterns: readonly string[],
  path: string,
): boolean {
  const parts = path.split("/");
  const paths = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  let ignored = false;
  for (const line of patterns) {
    const keeps = line.startsWith("!");
    const pattern = keeps ? line.slice(1) : line;
    if (paths.some((tried) => matches(pattern, tried))) ignored = !keeps;
  }
  return ignored;
}
