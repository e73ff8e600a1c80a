import { iterateStream, streamOf } from "../bytes/byte_source.ts";
import { arrangeEntries } from "../tar/arrange.ts";
import type { ArrangeOptions } from "../tar/arrange_options.ts";
import { tarBlocks } from "../tar/tar_blocks.ts";
import { directory } from "./directory/directory.ts";

/**
 * A directory as a tar, with all that is below it, links included: the Go
 * package's `TarDirectory`. Equal trees give equal bytes. Nothing is left out,
 * also where there is a `.dockerignore`.
 *
 * @throws {LayerError} In the stream, where something cannot be packed.
 *
 * @example
 * ```ts no-eval
 * import { tarDirectory } from "@x/scratchbuild";
 *
 * const tar = await new Response(tarDirectory("dist")).bytes();
 * console.log(tar.length);
 * ```
 */
export function tarDirectory(
  path: string,
  options: ArrangeOptions = {},
): ReadableStream<Uint8Array> {
  return streamOf(pack(path, options));
}

async function* pack(
  path: string,
  options: ArrangeOptions,
): AsyncGenerator<Uint8Array> {
  const { onWarning } = options;
  const entries = directory(path, {
    ignore: "off",
    ...(onWarning === undefined ? {} : { onWarning }),
  });
  yield* iterateStream(tarBlocks(await arrangeEntries(entries, options)));
}
