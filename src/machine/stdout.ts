import process from "node:process";
import { ScratchbuildError } from "../spec/error.ts";
import { errorCode, errorMeaning } from "./read_error.ts";

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
  return new Promise<void>((resolve, reject) =>
    process.stdout.write(
      chunk,
      (error) => error ? reject(error) : resolve(),
    )
  ).catch((error) => {
    const why = errorCode(error) === "EPIPE"
      ? "its reader went away"
      : errorCode(error) === "ENOSPC"
      ? "no space is left on the disk"
      : errorMeaning(error);
    throw new ScratchbuildError(`Cannot write to standard output: ${why}`, {
      code: "TARGET",
      cause: error,
    });
  });
}
