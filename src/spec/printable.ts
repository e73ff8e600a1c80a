/**
 * Control characters, line ends, what turns the direction of writing, and lone
 * surrogates.
 */
const UNPRINTABLE =
  // deno-lint-ignore no-control-regex -- finding them is the purpose
  /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;

/**
 * A text on one line that does nothing to a terminal: what is not fit for that
 * is escaped as in JSON.
 */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
