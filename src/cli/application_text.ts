import {
  type ApplicationText,
  ArgumentScannerError,
  formatMessageForArgumentScannerError,
  text_en,
} from "@stricli/core";
import { ScratchbuildError } from "../spec/error.ts";
import {
  errorLines,
  type ErrorLinesOptions,
  messageLine,
} from "./error_line.ts";
import { listed, quoted } from "./parse/usage_error.ts";

/**
 * What the command says where stricli finds something wrong. No text repeats
 * the value of a flag that did not have to be read to find the mistake, because
 * it can be a password.
 *
 * @param command Name of the command that was called, where there is one.
 */
export function applicationText(
  command: string | undefined,
  options: ErrorLinesOptions,
): ApplicationText {
  const help = command === undefined
    ? "see scratchbuild --help"
    : `see scratchbuild ${command} --help`;
  const failed = (error: unknown) => errorLines(error, options);
  return {
    ...text_en,
    noCommandRegisteredForInput: ({ input, corrections }) =>
      messageLine(
        `Cannot run ${quoted(input)}: no such command` +
          didYouMean(corrections.map((text) => text.replaceAll("`", ""))) +
          `; ${help}`,
      ),
    exceptionWhileParsingArguments: (error) =>
      error instanceof ArgumentScannerError
        ? messageLine(scannerMessage(error, help))
        : failed(error),
    exceptionWhileLoadingCommandFunction: failed,
    exceptionWhileLoadingCommandContext: failed,
    exceptionWhileRunningCommand: failed,
    exceptionWhileRunningIntegrationHook: ({ exception }) => failed(exception),
    exceptionWhileRunningIntegrationFlag: ({ exception }) => failed(exception),
    commandErrorResult: failed,
  };
}

function scannerMessage(error: ArgumentScannerError, help: string): string {
  return formatMessageForArgumentScannerError(error, {
    FlagNotFoundError: ({ input, corrections }) =>
      `Cannot use --${input}: no such flag` +
      didYouMean(corrections.map((name) => `--${name}`)) + `; ${help}`,
    AliasNotFoundError: ({ input }) =>
      `Cannot use -${input}: no such flag; ${help}`,
    UnsatisfiedFlagError: ({ externalFlagName }) =>
      `Cannot use --${externalFlagName}: it needs a value; ${help}`,
    UnexpectedFlagError: ({ externalFlagName }) =>
      `Cannot use --${externalFlagName} twice: it is given once; ${help}`,
    EnumValidationError: ({ externalFlagName, input, values }) =>
      `Cannot use --${externalFlagName} ${quoted(input)}: ` +
      `write ${listed(values)}`,
    ArgumentParseError: ({ externalFlagNameOrPlaceholder, exception }) =>
      exception instanceof ScratchbuildError
        ? exception.message
        : `Cannot use --${externalFlagNameOrPlaceholder}: ` +
          `it stands alone, without a value; ${help}`,
  });
}

function didYouMean(corrections: readonly string[]): string {
  return corrections.length > 0
    ? ` (did you mean ${listed(corrections)}?)`
    : "";
}
