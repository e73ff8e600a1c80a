import { Buffer } from "node:buffer";
import { execFile } from "node:child_process";
import process from "node:process";
import { mayRun } from "../may_run.ts";

/** Most bytes of paths for one process: Linux takes 128 KiB of all at least. */
const MOST_ARGUMENTS = 112 * 1024;

/** What an argument takes besides its bytes: its end, and a pointer to it. */
const PER_ARGUMENT = 9;

/** Most bytes that are printed about the paths of one process. */
const MOST_OUTPUT = 1 << 28;

/** Why a program cannot be used here. The message is the next step. */
export class ProgramUnavailable extends Error {
  /** Name of the class. */
  override readonly name: string = "ProgramUnavailable";
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
 * @throws {ProgramUnavailable} Where there is none, or it may not be run.
 */
export async function askAbout(
  paths: readonly string[],
  program: string,
  options: readonly string[],
): Promise<Answer> {
  if (!mayRun(program)) {
    throw new ProgramUnavailable(
      `let Deno run ${program} (--allow-run=${program} --allow-env)`,
    );
  }
  let output = "";
  const complaints: string[] = [];
  for (const batch of batchesOf(paths)) {
    const answer = await run(program, [...options, "--", ...batch]);
    output += answer.output;
    complaints.push(...answer.complaints);
  }
  return { output, complaints };
}

function run(program: string, args: string[]): Promise<Answer> {
  const { PATH } = process.env;
  const env = { LC_ALL: "C", ...(PATH === undefined ? {} : { PATH }) };
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { encoding: "latin1", env, maxBuffer: MOST_OUTPUT },
      (error, output, complaints) => {
        // 1 is for paths that could not be read: they are in the complaints.
        if (error === null || error.code === 1) {
          const lines = complaints.split("\n").filter((line) => line !== "");
          resolve({ output, complaints: lines });
        } else if (error.code === "ENOENT" || error.code === "EACCES") {
          reject(new ProgramUnavailable(`install ${program}`));
        } else reject(error);
      },
    );
  });
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
