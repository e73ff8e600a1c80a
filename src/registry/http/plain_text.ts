/** The query of a URL inside of a text; signatures and tokens stand there. */
const QUERY = /(\bhttps?:\/\/[^\s"'<>()?]{1,2000})\?[^\s"'<>()]*/gi;

/**
 * Makes one line for a message out of a text from outside: without control
 * characters (also those that turn the direction of writing), without the
 * queries of URLs, and no longer than `length` characters.
 */
export function plainText(text: string, length: number): string {
  const line = text.slice(0, 64 * 1024)
    .replace(QUERY, "$1")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  if (line.length <= length) return line;
  return `${line.slice(0, length).toWellFormed().trimEnd()}…`;
}
