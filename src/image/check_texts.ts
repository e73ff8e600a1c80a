import { isObject } from "../spec/check_descriptor.ts";

/**
 * Looks for labels or annotations that are none.
 *
 * @param what What one of them is: `label`.
 * @param refuse Is called with what is wrong; it throws.
 */
export function checkTexts(
  what: string,
  value: unknown,
  refuse: (why: string) => void,
): void {
  if (value === undefined) return;
  if (!isObject(value)) return refuse(`the ${what}s are not an object`);
  for (const [name, text] of Object.entries(value)) {
    if (name === "") refuse(`one of the ${what}s has no name`);
    if (typeof text !== "string") {
      refuse(`the ${what} ${shown(name)} is no text`);
    }
  }
}

/** A value as it is shown in a message: on one line, not too long. */
export function shown(value: unknown): string {
  const text = typeof value === "string" && value.length > 100
    ? `${value.slice(0, 100)}...`
    : value;
  return typeof text === "string"
    ? JSON.stringify(text.toWellFormed())
    : String(text);
}
