import { execFile } from "node:child_process";
import { abortedError, ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";
import { findProgram } from "../find_program.ts";
import { errorMeaning } from "../system_error.ts";

/** Environment variables. */
type Variables = Readonly<Record<string, string | undefined>>;

/** How git is run. */
export interface RunGitOptions {
  /** The directory that it looks at. */
  readonly directory: string;
  /** The environment variables; `PATH` says where git is. */
  readonly env: Variables;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds that one run may take.
   *
   * @default {10_000}
   */
  readonly timeLimit?: number;
}

/** What git answered. */
export interface GitAnswer {
  /** Its exit status, 0 where all is well. */
  readonly status: number;
  /** What it printed, as far as it was read. */
  readonly output: string;
  /** What it complained about. */
  readonly complaint: string;
}

/** More is not read: about 200,000 changed files. */
const MAX_OUTPUT_BYTES = 1 << 24;

/** What would have git look at another place than at the directory. */
const ELSEWHERE: readonly string[] = [
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_COMMON_DIR",
  "GIT_DIR",
  "GIT_INDEX_FILE",
  "GIT_NAMESPACE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_PREFIX",
  "GIT_WORK_TREE",
];

/** What holds for every run. */
const SETTINGS: Variables = {
  // Its complaints are read by what they say in English.
  LC_ALL: "C",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_TERMINAL_PROMPT: "0",
  GIT_NO_LAZY_FETCH: "1",
};

/**
 * Asks git about a directory. Nothing is written there and nothing fetched, and
 * no shell and no pager has a part in it.
 *
 * @throws {ScratchbuildError} Code `VCS` where git cannot be run or comes to no
 * end; code `ABORTED` where the signal ended it.
 */
export function runGit(
  args: readonly string[],
  { directory, env, signal, timeLimit = 10_000 }: RunGitOptions,
): Promise<GitAnswer> {
  const what = `read the git checkout of ${printable(directory)}`;
  const program = findProgram("git", env);
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown) =>
      reject(
        new ScratchbuildError(`Cannot ${what}: ${why}`, { code: "VCS", cause }),
      );
    if (signal?.aborted) return reject(abortedError(what, signal));
    if (program === undefined) {
      return fail("no git is installed, or none is on the PATH; install it");
    }
    // A monitor of files is a program that the checkout names.
    const all = ["--no-pager", "-c", "core.fsmonitor=false", ...args];
    execFile(program, all, {
      cwd: directory,
      encoding: "utf8",
      env: { ...without(env, ELSEWHERE), ...SETTINGS },
      killSignal: "SIGKILL",
      maxBuffer: MAX_OUTPUT_BYTES,
      timeout: timeLimit,
      windowsHide: true,
      ...(signal && { signal }),
    }, (error, output, complaint) => {
      const code: unknown = error?.code;
      if (error === null || typeof code === "number") {
        resolve({ status: Number(code ?? 0), output, complaint });
      } else if (signal?.aborted) {
        reject(abortedError(what, signal));
      } else if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
        fail("git printed far more than was asked for", error);
      } else if (error.killed) {
        fail(`git did not answer within ${timeLimit / 1000} s`, error);
      } else {
        fail(`git cannot be run: ${errorMeaning(error)}`, error);
      }
    });
  });
}

function without(env: Variables, names: readonly string[]): Variables {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !names.includes(name)),
  );
}
