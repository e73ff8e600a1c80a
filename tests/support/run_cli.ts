import { cleanEnvironment } from "./clean_environment.ts";
import type { RunOptions, RunResult } from "./run.ts";
import { runModule } from "./run_module.ts";

/**
 * Runs the command from its source, on the runtime that the test runs on. The
 * variables that it reads are kept from it, unless the options set them.
 */
export function runCli(
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return runModule("cli.ts", args, {
    ...options,
    env: { ...cleanEnvironment, ...options.env },
  });
}

/** Runs a command that has to succeed, and gives its standard output. */
export async function runCliOk(
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, options);
  if (code === 0) return stdout;
  throw new Error(`${args.join(" ")}: exit status ${code}\n${stderr}${stdout}`);
}
