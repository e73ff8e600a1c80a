/**
 * Cuts a text into words as a POSIX shell does: at blanks, with single quotes,
 * double quotes and backslashes. Nothing is expanded: `$HOME`, `*` and
 * backquotes stay as they are.
 *
 * @throws {SyntaxError} Where a quote is not closed, or the text ends in a
 * backslash.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02}
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  // undefined between words; "" is a word that is empty so far, as in ''.
  let word: string | undefined;
  let quote: "'" | '"' | undefined;
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === quote) {
      quote = undefined;
    } else if (char === "\\" && quote !== "'") {
      if (++index === text.length) {
        throw new SyntaxError("it ends in a backslash");
      }
      const next = text.charAt(index);
      const literal = quote === '"' && !'"\\$`\n'.includes(next);
      word = (word ?? "") + (literal ? char : "") + (next === "\n" ? "" : next);
    } else if (quote) {
      word += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (/[ \t\r\n]/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (quote) throw new SyntaxError(`the quote ${quote} is not closed`);
  if (word !== undefined) words.push(word);
  return words;
}
