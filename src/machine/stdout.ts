import process from "node:process";
import type { ScratchbuildError } from "../spec/error.ts";
import { errorCode, errorMeaning } from "./system_error.ts";
import { targetError } from "./target_error.ts";

/**
 * Writes bytes to standard output, as fast as its reader takes them. When it
 * returns, the last one has been taken.
 *
 * @throws {ScratchbuildError} Code `TARGET` where they are not taken.
 * @throws What reading the chunks fails with.
 */
export async function writeToStdout(
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const chunk of chunks) await write(chunk);
}

function write(chunk: Uint8Array): Promise<void> {
  const { stdout } = process;
  return new Promise<void>((resolve, reject) => {
    // A write that fails is told to its callback and then to the listeners of
    // the stream; with none, that would end the program.
    const ignore = () => {};
    stdout.on("error", ignore);
    try {
      stdout.write(chunk, (error) => {
        if (error) return reject(failure(error));
        stdout.off("error", ignore);
        resolve();
      });
    } catch (error) {
      // Where a file takes no more, Deno throws.
      reject(failure(error));
    }
  });
}

function failure(error: unknown): ScratchbuildError {
  const why = errorCode(error) === "EPIPE"
    ? "its reader went away"
    : errorMeaning(error);
  return targetError("to standard output", why, error);
}
