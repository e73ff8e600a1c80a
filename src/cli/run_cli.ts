import { run } from "@stricli/core";
import { commandDescriptions, createApplication } from "./application.ts";
import { applicationText } from "./application_text.ts";
import { arrangeArguments } from "./arrange_arguments.ts";
import type { CliContext } from "./context.ts";
import { errorLines, type ErrorLinesOptions, isDebug } from "./error_line.ts";
import { exitStatusOf } from "./exit_status.ts";
import { exitStatusOfStricli } from "./exit_status_of_stricli.ts";
import { quoted, usageError } from "./parse/usage_error.ts";

/**
 * Runs the command: everything but the process around it.
 *
 * @param argv The arguments behind the name of the program.
 * @returns The exit status.
 */
export async function runCli(
  argv: readonly string[],
  context: CliContext,
): Promise<number> {
  const { signal, process: { env, stdout, stderr } } = context;
  let hint: ErrorLinesOptions["hint"];
  const errorOptions = {
    debug: isDebug(env),
    signal,
    hint: (error: unknown) => hint?.(error),
  };
  const command = commandDescriptions.find(({ name }) => name === argv[0]);
  const application = createApplication({
    text: applicationText(command?.name, errorOptions),
    determineExitCode: (error) => exitStatusOf(error, signal),
  });
  const process: CliContext["process"] = { env, stdout, stderr };
  try {
    const inputs = command
      ? [command.name, ...arrangeArguments(argv.slice(1), command.groups)]
      : checkProgramFlags(argv);
    if (command) {
      const { mistakenLocation } = await import("./mistaken_location.ts");
      const { unusedCredential } = await import("./unused_credential.ts");
      hint = (error) =>
        mistakenLocation(error, inputs) ?? unusedCredential(error, inputs, env);
    }
    await run(application, inputs, { ...context, process });
  } catch (error) {
    stderr.write(`${errorLines(error, errorOptions)}\n`);
    return exitStatusOf(error, signal);
  }
  return exitStatusOfStricli(Number(process.exitCode));
}

/** Stricli would take an unknown flag before the command for a command. */
function checkProgramFlags(argv: readonly string[]): readonly string[] {
  const [first = ""] = argv;
  if (first.startsWith("-") && !/^(?:-h|--help|--version)$/.test(first)) {
    const name = quoted(first.replace(/=.*/s, ""));
    throw usageError(
      `Cannot use ${name} here: no such flag, or its place is behind the ` +
        "command; see scratchbuild --help",
    );
  }
  return argv;
}
