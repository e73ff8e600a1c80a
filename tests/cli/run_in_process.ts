import type { CliContext, CliOutput } from "../../src/cli/context.ts";
import { runCli } from "../../src/cli/run_cli.ts";

/** What is around the command. */
export interface InProcessOptions {
  /** Environment variables, none unless told. */
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input, empty unless told. */
  readonly stdin?: string;
  /** Ends the work. */
  readonly signal?: AbortSignal;
  /** Whether standard output is a terminal. */
  readonly isTTY?: boolean;
  /** Is told what goes to standard error, as it comes. */
  readonly onStderr?: (text: string) => void;
}

/** What the command left behind. */
export interface InProcessResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this process, with nothing of the process around it. */
export async function runInProcess(
  argv: readonly string[],
  options: InProcessOptions = {},
): Promise<InProcessResult> {
  const { env = {}, stdin = "", isTTY = false, onStderr = () => {} } = options;
  const { signal = new AbortController().signal } = options;
  const written = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr"): CliOutput => ({
    isTTY: isTTY && name === "stdout",
    write(text) {
      written[name] += text;
      if (name === "stderr") onStderr(text);
    },
  });
  const context: CliContext = {
    process: { stdout: output("stdout"), stderr: output("stderr"), env },
    async *stdin() {
      yield await Promise.resolve(new TextEncoder().encode(stdin));
    },
    signal,
    now: () => performance.now(),
  };
  const status = await runCli(argv, context);
  return { status, ...written };
}
