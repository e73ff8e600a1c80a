import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { concat } from "../../bytes/concat.ts";
import { abortedError } from "../../spec/error.ts";
import { findProgram } from "../find_program.ts";
import { errorMeaning } from "../system_error.ts";
import type { Environment } from "./places.ts";

/** One run of a credential helper. */
export interface HelperCall {
  /** The program: `docker-credential-pass`. */
  readonly program: string;
  /** What it is to do; its only argument. */
  readonly action: "get" | "store" | "erase";
  /** Its standard input. */
  readonly input: string;
  /** Its environment variables; `PATH` says where it is looked for. */
  readonly env: Environment;
  /** How long it may take, in milliseconds. */
  readonly timeLimit: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** What a credential helper answered. */
export interface HelperAnswer {
  /** Its exit status, 0 where all is well. */
  readonly exitStatus: number;
  /** Its standard output, which may hold secrets. */
  readonly stdout: string;
}

/**
 * Runs a credential helper.
 *
 * @returns `undefined` where there is no such program.
 * @throws {ScratchbuildError} Code `ABORTED` where the signal ended it.
 * @throws {Error} Where it did not come to its end. The message, the end of a
 * sentence, shows nothing that it printed.
 */
export type RunHelper = (call: HelperCall) => Promise<HelperAnswer | undefined>;

/** Nothing that a helper says is longer. */
const MAX_OUTPUT_BYTES = 64 * 1024;
/** Milliseconds that the end of what a helper printed is waited for. */
const GRACE = 1_000;
/** The exit status of a program that a signal ended, as shells have it. */
const KILLED = 128;

/** Runs a credential helper as a process of its own, without a shell. */
export const runHelper: RunHelper = async (call) => {
  const { program, action, signal } = call;
  if (signal?.aborted) throw abortedError(`run ${program} ${action}`, signal);
  const path = findProgram(program, call.env);
  return path === undefined ? undefined : await run(path, call);
};

function run(path: string, call: HelperCall): Promise<HelperAnswer> {
  const { program, action, input, timeLimit, signal } = call;
  return new Promise((resolve, reject) => {
    const child = start(path, call);
    let grace: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      clearTimeout(timer);
      clearTimeout(grace);
      signal?.removeEventListener("abort", abort);
    };
    // A program that it started may hold the pipes open for long.
    const letGo = () => {
      child.stdin.destroy();
      child.stdout.destroy();
      child.unref();
    };
    const stop = (error: Error) => {
      end();
      reject(error);
      child.kill("SIGKILL");
      letGo();
    };
    const finish = (exitStatus: number | null) => {
      end();
      const stdout = new TextDecoder().decode(concat(chunks));
      resolve({ exitStatus: exitStatus ?? KILLED, stdout });
    };
    const timer = setTimeout(() => {
      stop(new Error(`did not answer within ${timeLimit / 1000} s`));
    }, timeLimit);
    const abort = () => {
      if (signal) stop(abortedError(`run ${program} ${action}`, signal));
    };
    signal?.addEventListener("abort", abort);
    const chunks: Uint8Array[] = [];
    let size = 0;
    child.stdout.on("data", (chunk: Uint8Array) => {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > MAX_OUTPUT_BYTES) {
        stop(new Error(`printed more than ${MAX_OUTPUT_BYTES / 1024} KiB`));
      }
    });
    child.on("error", (error) => {
      end();
      reject(notStarted(error));
    });
    child.on("exit", (exitStatus) => {
      grace = setTimeout(() => {
        finish(exitStatus);
        letGo();
      }, GRACE);
    });
    child.on("close", finish);
    child.stdin.on("error", () => {}); // It need not read its input.
    child.stdin.end(input);
  });
}

function start(
  path: string,
  { action, env }: HelperCall,
): ChildProcessByStdio<Writable, Readable, null> {
  try {
    return spawn(path, [action], {
      env: { ...env },
      // What it says on standard error may hold secrets, so nobody reads it.
      stdio: ["pipe", "pipe", "ignore"],
      windowsHide: true,
    });
  } catch (error) {
    // Node tells of that by an event, Bun at once.
    throw notStarted(error);
  }
}

function notStarted(error: unknown): Error {
  return new Error(`cannot be started: ${errorMeaning(error)}`);
}
