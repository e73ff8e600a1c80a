import assert from "node:assert/strict";
import type { CliContext, CliOutput } from "../../src/cli/context.ts";
import { runCli } from "../../src/cli/run_cli.ts";
import type { Clock } from "../../src/registry/http/clock.ts";
import { NO_HOME, NOWHERE } from "../support/clean_environment.ts";

/** What is around the command. */
export interface InProcessOptions {
  /** Environment variables, none unless told but for an empty home. */
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input, empty unless told. */
  readonly stdin?: string;
  /** What a person types, answer after answer; nobody is there unless told. */
  readonly typed?: readonly string[];
  /** What registries are waited for by, the machine's clock unless told. */
  readonly clock?: Clock;
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
  const { stdin = "", isTTY = false, onStderr = () => {} } = options;
  const { signal = new AbortController().signal, typed, clock } = options;
  const answers = typed?.values();
  const written = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr"): CliOutput => ({
    isTTY: isTTY && name === "stdout",
    write(text) {
      written[name] += text;
      if (name === "stderr") onStderr(text);
    },
  });
  const env = {
    HOME: NO_HOME,
    SCRATCHBUILD_CACHE_DIR: NOWHERE,
    XDG_RUNTIME_DIR: NOWHERE,
    ...options.env,
  };
  const context: CliContext = {
    process: { stdout: output("stdout"), stderr: output("stderr"), env },
    async *stdin() {
      yield await Promise.resolve(new TextEncoder().encode(stdin));
    },
    terminal: () =>
      answers && ((question, { hidden = false } = {}) => {
        written.stderr += `${question}${hidden ? "(hidden)" : ""}\n`;
        const { value = assert.fail(question) } = answers.next();
        return Promise.resolve(value);
      }),
    signal,
    now: () => performance.now(),
    ...(clock && { clock }),
  };
  const status = await runCli(argv, context);
  return { status, ...written };
}
