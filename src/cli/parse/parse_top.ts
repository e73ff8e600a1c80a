import { wholeNumber } from "./parse_numbers.ts";
import { quoted, usageError } from "./usage_error.ts";

const MOST = 1000;

/** Parses `--top`: how many files of each layer are shown. */
export function parseTop(text: string): number {
  const count = wholeNumber(text, 0, MOST);
  if (count === undefined) {
    throw usageError(
      `Cannot use --top ${quoted(text)}: ` +
        `write a whole number from 0 to ${MOST}`,
    );
  }
  return count;
}
