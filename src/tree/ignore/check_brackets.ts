const UNCLOSED = "a bracket is not closed; write \\[ for the character itself";

/**
 * Refuses what `filepath.Match` of Go refuses.
 *
 * @throws {SyntaxError} With what is wrong and the next step.
 *
 * @see {@link https://pkg.go.dev/path/filepath#Match}
 */
export function checkBrackets(pattern: string): void {
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === "[") at = endOfBrackets(pattern, at);
    else if (pattern[at] === "\\") {
      at++;
      if (at === pattern.length) {
        throw new SyntaxError(
          "it ends with a backslash; write \\\\ for the character itself",
        );
      }
    }
  }
}

/** Where the bracket stands that ends what another one begins. */
function endOfBrackets(pattern: string, begin: number): number {
  let at = begin + 1;
  if (pattern[at] === "^") at++;
  do {
    at = afterCharacter(pattern, at);
    if (pattern[at] === "-") at = afterCharacter(pattern, at + 1);
  } while (pattern[at] !== "]");
  return at;
}

function afterCharacter(pattern: string, begin: number): number {
  const char = pattern[begin];
  if (char === "]" || char === "-") {
    throw new SyntaxError(
      `"${char}" stands where brackets need a character; write \\${char} ` +
        "for the character itself",
    );
  }
  const at = char === "\\" ? begin + 1 : begin;
  const end = at + ((pattern.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  if (end >= pattern.length) throw new SyntaxError(UNCLOSED);
  return end;
}
