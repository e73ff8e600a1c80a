import { healthTestFault } from "../../spec/config_rules.ts";
import { commandLineParser } from "./parse_command_line.ts";
import { wholeNumber } from "./parse_numbers.ts";
import { quoted, usageError } from "./usage_error.ts";

/**
 * Parses `--health-cmd`: a JSON array of a program and its arguments, or a
 * command for the shell of the image.
 *
 * @returns The test as configurations hold it.
 */
export function parseHealthCommand(text: string): string[] {
  const flag = "health-cmd";
  const test = text.trimStart().startsWith("[")
    ? ["CMD", ...commandLineParser(flag)(text)]
    : ["CMD-SHELL", text];
  if (healthTestFault(test) === undefined) return test;
  throw usageError(
    `Cannot use --${flag} ${quoted(text)}: write a command for a shell, or a ` +
      'JSON array as in ["/app", "--health"]',
  );
}

/** Parses `--health-retries`. */
export function parseHealthRetries(text: string): number {
  const retries = wholeNumber(text, 0, 2 ** 31 - 1);
  if (retries !== undefined) return retries;
  throw usageError(
    `Cannot use --health-retries ${quoted(text)}: write a whole number`,
  );
}
