import { spawn } from "node:child_process";
import { Buffer } from "node:buffer";
import { constants } from "node:os";
import process from "node:process";

/** Options of {@linkcode run}. */
export interface RunOptions {
  /** Working directory. */
  readonly cwd?: string;
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A program, with its arguments, that runs the program. */
  readonly through?: readonly string[];
  /** Standard input, empty unless told. */
  readonly input?: string | Uint8Array;
  /** After how many milliseconds the program is killed, 60,000 unless told. */
  readonly timeLimit?: number;
}

/** What a program left behind. */
export interface RunResult {
  /** Exit status, 128 + n where signal n ended it. */
  readonly code: number;
  /** Standard output as text. */
  readonly stdout: string;
  /** Standard output as it came. */
  readonly bytes: Uint8Array;
  /** Standard error as text. */
  readonly stderr: string;
}

/** Runs a program to its end. Fails when it cannot start or takes too long. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const { cwd, env, input = "", through = [], timeLimit = 60_000 } = options;
  const [program = command, ...rest] = [...through, command, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const stdout: Uint8Array[] = [];
    const stderr: Uint8Array[] = [];
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, timeLimit);
    child.stdout.on("data", (chunk: Uint8Array) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Uint8Array) => stderr.push(chunk));
    child.stdin.on("error", () => {}); // It need not read its input.
    child.stdin.end(input);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const said = Buffer.concat(stderr).toString();
      if (late) {
        const line = [command, ...args].join(" ");
        reject(new Error(`${line}: not done after ${timeLimit} ms\n${said}`));
        return;
      }
      const bytes = Buffer.concat(stdout);
      resolve({
        code: code ?? 128 + (signal ? constants.signals[signal] : 0),
        stdout: bytes.toString(),
        bytes,
        stderr: said,
      });
    });
  });
}

/** Runs a program that has to succeed, and gives its standard output. */
export async function runOk(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code !== 0) {
    const line = [command, ...args].join(" ");
    throw new Error(`${line}: exit status ${code}\n${stderr}${stdout}`);
  }
  return stdout;
}
