import { splitWords } from "./split_words.ts";
import { quoted, usageError } from "./usage_error.ts";

/**
 * Makes the parser of a flag that takes a command: a JSON array of texts, or
 * words as in a shell. A text that begins with `[` is JSON and nothing else, so
 * that a slip in it does not silently become a command.
 *
 * @param flag Name of the flag, for messages.
 * @param mayBeNone Whether `[]` is taken: no command, where a base has one.
 */
export function commandLineParser(
  flag: string,
  mayBeNone = false,
): (text: string) => string[] {
  return (text) => {
    const words = parse(flag, text);
    if (words.some((word) => word.includes("\0"))) {
      throw usageError(
        `Cannot use --${flag} ${quoted(text)}: it holds a NUL character`,
      );
    }
    if (words.length === 0 && !(mayBeNone && text.trim().startsWith("["))) {
      throw usageError(
        `Cannot use --${flag} ${quoted(text)}: it is empty; ` +
          "leave it out instead",
      );
    }
    return words;
  };
}

function parse(flag: string, text: string): string[] {
  if (!text.trimStart().startsWith("[")) {
    try {
      return splitWords(text);
    } catch (error) {
      throw usageError(
        `Cannot use --${flag} ${quoted(text)}: ` +
          `${error instanceof Error ? error.message : error}; ` +
          'quote it, or write a JSON array as in ["/app", "--flag"]',
      );
    }
  }
  let words: unknown;
  try {
    words = JSON.parse(text);
  } catch {
    words = undefined;
  }
  if (Array.isArray(words) && words.every((word) => typeof word === "string")) {
    return words;
  }
  throw usageError(
    `Cannot use --${flag} ${quoted(text)}: ` +
      'what begins with [ must be a JSON array of texts, as in ["/app", "--flag"]',
  );
}

/**
 * Parses `--entrypoint`: a command as {@linkcode commandLineParser} reads it,
 * whose first word names a program.
 */
export function parseEntrypoint(text: string): string[] {
  const words = commandLineParser("entrypoint", true)(text);
  if (words[0] === "") {
    throw usageError(
      `Cannot use --entrypoint ${quoted(text)}: it names no program`,
    );
  }
  return words;
}
