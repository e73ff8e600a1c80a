/**
 * A text from outside as part of a message of one line: as it is, or quoted
 * and escaped where it is empty or holds control characters.
 */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- finding them is the purpose
  return text !== "" && text.isWellFormed() && !/[\x00-\x1f\x7f]/.test(text)
    ? text
    : JSON.stringify(text.toWellFormed());
}
