const SPACE = /\s*/y;
const SEPARATORS = /[\s,]*/y;
const TARGET = /<([^>]*)>/y;
/** Not in the grammar, but sent: a target without its brackets. */
const BARE_TARGET = /[^\s,;<>"\\]+/y;
const NAME = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const QUOTED = /"([^"\\]*(?:\\[^][^"\\]*)*)"/y;
const TOKEN = /[^\s,;"\\]+/y;

/**
 * The target of the first link in a `Link` header that leads to the next page.
 * It never throws. Of a header that does not follow the grammar, what comes
 * before the fault counts.
 *
 * @param header The value of the header, also one that several were joined
 * into.
 * @returns The target as it stands there, often relative; `undefined` where
 * there is none.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8288#section-3}
 */
export function nextLink(header: string | null): string | undefined {
  const text = header ?? "";
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match) position = pattern.lastIndex;
    return match;
  };
  const takeCharacter = (character: string): boolean => {
    take(SPACE);
    if (text[position] !== character) return false;
    position++;
    return true;
  };

  while (true) {
    take(SEPARATORS);
    const target = take(TARGET)?.[1] ?? take(BARE_TARGET)?.[0];
    if (target === undefined) return undefined;
    let relation: string | undefined;
    while (takeCharacter(";")) {
      take(SPACE);
      const name = take(NAME)?.[0].toLowerCase();
      // An empty parameter, as after a last semicolon.
      if (name === undefined) continue;
      let value = "";
      if (takeCharacter("=")) {
        take(SPACE);
        const found = take(QUOTED)?.[1]?.replace(/\\([^])/g, "$1") ??
          take(TOKEN)?.[0];
        if (found === undefined) return undefined;
        value = found;
      }
      // Only the first one counts, says the RFC.
      if (name === "rel") relation ??= value;
    }
    take(SPACE);
    if (position < text.length && text[position] !== ",") return undefined;
    const relations = (relation ?? "").toLowerCase().split(/\s+/);
    if (relations.includes("next")) return target.trim();
  }
}
