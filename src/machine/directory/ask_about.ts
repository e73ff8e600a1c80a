import { Buffer } from "node:buffer";
import { execFile } from "node:child_process";
import process from "node:process";
import { printable } from "../../spec/printable.ts";
import { mayRun } from "../may_run.ts";

/** Most bytes of paths for one process: Linux takes 128 KiB of all at least. */
const MOST_ARGUMENTS = 112 * 1024;

/** What an argument takes besides its bytes: its end, and a pointer to it. */
const PER_ARGUMENT = 9;

/** Most bytes that are printed about the paths of one process. */
const MOST_OUTPUT = 1 << 28;

/** How long one process may take, in milliseconds. */
const MOST_TIME = 600_000;

/** What programs of the same name say that know less. */
const OTHER_PROGRAM = /^\S+: (?:unrecognized|unknown|invalid) option/im;

/** Why a program cannot be used here. The message is the next step. */
export class ProgramUnavailable extends Error {
  /** Name of the class. */
  override readonly name: string = "ProgramUnavailable";
}

/** What went wrong, as `execFile` tells it. */
interface Failure {
  readonly code?: string | number | null;
  readonly killed?: boolean;
  readonly signal?: unknown;
}

/** What a program answered. */
export interface Answer {
  /** What it printed, in Latin-1, as it may be any bytes. */
  readonly output: string;
  /** The lines of what it complained about, in English. */
  readonly complaints: readonly string[];
}

/**
 * Asks a program about paths, in as few calls as possible.
 *
 * @param program Its name, found by `PATH`.
 * @param options What stands before the paths.
 * @param timeout For one call, in milliseconds.
 * @throws {ProgramUnavailable} Where there is none, or it may not be run.
 * @throws {Error} Where it fails, with what is wrong in one line.
 */
export async function askAbout(
  paths: readonly string[],
  program: string,
  options: readonly string[],
  timeout: number = MOST_TIME,
): Promise<Answer> {
  if (!mayRun(program)) {
    throw new ProgramUnavailable(
      `let Deno run ${program} (--allow-run=${program} --allow-env)`,
    );
  }
  let output = "";
  const complaints: string[] = [];
  for (const batch of batchesOf(paths)) {
    const answer = await run(program, [...options, "--", ...batch], timeout);
    output += answer.output;
    complaints.push(...answer.complaints);
  }
  return { output, complaints };
}

function run(
  program: string,
  args: string[],
  timeout: number,
): Promise<Answer> {
  const { PATH } = process.env;
  const env = { LC_ALL: "C", ...(PATH === undefined ? {} : { PATH }) };
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { encoding: "latin1", env, maxBuffer: MOST_OUTPUT, timeout },
      (error, output, complaints) => {
        const isOther = error !== null && OTHER_PROGRAM.test(complaints);
        // 1 is for paths that could not be read: they are in the complaints.
        if (!isOther && (error === null || error.code === 1)) {
          const lines = complaints.split("\n").filter((line) => line !== "");
          resolve({ output, complaints: lines });
        } else if (isOther) {
          reject(new ProgramUnavailable(`install the full ${program}`));
        } else reject(failure(program, error, complaints, timeout));
      },
    );
    // One that wants to read waits for ever else.
    child.stdin?.end();
  });
}

/** Not what `execFile` says, which is the whole command with all its paths. */
function failure(
  program: string,
  error: Failure,
  complaints: string,
  timeout: number,
): Error {
  const { code, killed, signal } = error;
  if (code === "ENOENT" || code === "EACCES" || code === "ENOEXEC") {
    return new ProgramUnavailable(`install ${program}`);
  }
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
    return new Error(`${program} printed too much`);
  }
  if (killed) {
    return new Error(`${program} took longer than ${timeout / 1000} s`);
  }
  const how = typeof code === "number" ? `status ${code}` : signal ?? code;
  const [why = ""] = complaints.split("\n", 1);
  return new Error(
    `${program} failed (${how})${why === "" ? "" : `: ${printable(why)}`}`,
  );
}

function* batchesOf(paths: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let size = 0;
  for (const path of paths) {
    const length = Buffer.byteLength(path) + PER_ARGUMENT;
    if (batch.length > 0 && size + length > MOST_ARGUMENTS) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(path);
    size += length;
  }
  if (batch.length > 0) yield batch;
}
