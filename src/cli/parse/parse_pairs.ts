import { quoted, usageError } from "./usage_error.ts";

/** A `K=V` of the command line. */
export type Pair = readonly [name: string, value: string];

/** An environment variable; without a value, the one that it has here. */
export type Variable = readonly [name: string, value?: string];

/**
 * Makes the parser of a flag that takes `K=V`. The first `=` parts the two.
 *
 * @param flag Name of the flag, for messages.
 */
export function pairParser(flag: string): (text: string) => Pair {
  return (text) => {
    const [name, value] = parted(flag, text, "NAME=value");
    if (value !== undefined) return [name, value];
    throw usageError(`Cannot use --${flag} ${quoted(text)}: write NAME=value`);
  };
}

/** Parses `--env`: `K=V`, or `K` alone for what the environment has. */
export function parseVariable(text: string): Variable {
  return parted("env", text, "NAME=value, or NAME");
}

function parted(flag: string, text: string, form: string): Variable {
  const equals = text.indexOf("=");
  if (equals === 0 || text === "") {
    throw usageError(`Cannot use --${flag} ${quoted(text)}: write ${form}`);
  }
  if (text.includes("\0")) {
    throw usageError(
      `Cannot use --${flag} ${quoted(text)}: it holds a NUL character`,
    );
  }
  return equals < 0 ? [text] : [text.slice(0, equals), text.slice(equals + 1)];
}
