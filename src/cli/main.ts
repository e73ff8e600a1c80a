import process from "node:process";
import { errorMeaning } from "../machine/system_error.ts";
import { version } from "../spec/version.ts";
import { askTerminal } from "./ask_terminal.ts";
import { type CliContext, Interruption, INTERRUPTIONS } from "./context.ts";
import { errorLines, isDebug, messageLine } from "./error_line.ts";
import { exitStatus } from "./exit_status.ts";
import { processOutput } from "./process_output.ts";

/**
 * Runs the command as this process. It ends the process itself, when all that
 * was printed has been taken: a connection that a registry keeps open would
 * otherwise hold it up.
 */
export async function main(): Promise<never> {
  const controller = interruptible();
  const { signal } = controller;
  const stdout = processOutput(process.stdout);
  const stderr = processOutput(process.stderr);
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      const debug = isDebug(process.env);
      stderr.write(`${errorLines(error, { debug, signal })}\n`);
      stderr.flush().finally(() => process.exit(exitStatus.failed));
    });
  }
  const context: CliContext = {
    process: { stdout, stderr, env: process.env },
    stdin: () => process.stdin,
    terminal: () =>
      process.stdin.isTTY
        ? askTerminal({
          input: process.stdin,
          output: stderr,
          signal,
          interrupt: () => controller.abort(new Interruption("SIGINT")),
        })
        : undefined,
    signal,
    now: () => performance.now(),
  };
  const status = await run(process.argv.slice(2), context);
  const failure = await stdout.flush();
  if (failure) {
    stderr.write(
      `${messageLine(`Cannot print the result: ${errorMeaning(failure)}`)}\n`,
    );
  }
  await stderr.flush();
  process.exit(status || (failure ? exitStatus.failed : exitStatus.done));
}

/** Who asks for the version alone waits for nothing else. */
async function run(
  argv: readonly string[],
  context: CliContext,
): Promise<number> {
  if (argv.length === 1 && argv[0] === "--version") {
    context.process.stdout.write(`${version}\n`);
    return exitStatus.done;
  }
  const { runCli } = await import("./run_cli.ts");
  return await runCli(argv, context);
}

/** Aborts on the first signal, so that all is tidied up; exits on a second. */
function interruptible(): AbortController {
  const controller = new AbortController();
  const names = Object.keys(INTERRUPTIONS) as (keyof typeof INTERRUPTIONS)[];
  for (const name of names) {
    process.on(name, () => {
      const interruption = new Interruption(name);
      if (controller.signal.aborted) process.exit(interruption.exitStatus);
      controller.abort(interruption);
    });
  }
  return controller;
}
