import { cleanPath, withoutRoot } from "./clean_path.ts";

/** What Go takes for blanks, which is not what `trim` takes for them. */
const BLANK =
  /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/**
 * A line of a `.dockerignore` as a pattern: without the blanks around it and
 * behind a `!`, as short as its path can be, and relative.
 */
export function cleanPattern(line: string): string {
  const text = withoutBlanks(line);
  const sign = text.startsWith("!") ? "!" : "";
  const path = withoutBlanks(text.slice(sign.length));
  return path === "" ? sign : sign + withoutRoot(cleanPath(path));
}

/** By hand: an expression would try an end at each blank of a long line. */
function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && BLANK.test(text[start]!)) start++;
  while (end > start && BLANK.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}
