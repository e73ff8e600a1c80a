import { once } from "node:events";
import process from "node:process";

/**
 * Writes bytes to standard output, as fast as its reader takes them.
 *
 * @throws Where the reader went away.
 */
export async function writeToStdout(
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const chunk of chunks) {
    if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
  }
}
