import { quoted, usageError } from "./usage_error.ts";

/** A `K=V` of the command line. */
export type Pair = readonly [name: string, value: string];

/**
 * Makes the parser of a flag that takes `K=V`. The first `=` parts the two.
 *
 * @param flag Name of the flag, for messages.
 */
export function pairParser(flag: string): (text: string) => Pair {
  return (text) => {
    const equals = text.indexOf("=");
    if (equals < 1) {
      throw usageError(
        `Cannot use --${flag} ${quoted(text)}: write NAME=value` +
          (equals < 0 ? "; values are not taken from the environment" : ""),
      );
    }
    if (text.includes("\0")) {
      throw usageError(
        `Cannot use --${flag} ${quoted(text)}: it holds a NUL character`,
      );
    }
    return [text.slice(0, equals), text.slice(equals + 1)];
  };
}
