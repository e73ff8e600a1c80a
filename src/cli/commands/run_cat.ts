import type { ImageTree } from "../../image/image_tree.ts";
import { parseLocation } from "../../machine/location.ts";
import { writeToStdout } from "../../machine/stdout.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";
import type { CliContext } from "../context.ts";
import { usageError } from "../parse/usage_error.ts";
import { isReaderGone } from "../process_output.ts";
import { missingPath } from "../tree/missing_path.ts";
import { openImages, type ReadTreeFlags, withReporter } from "./open_image.ts";
import { readTree } from "./read_tree.ts";

/**
 * Prints files of an image. A reader that goes away before the end has read
 * what it wanted.
 *
 * @throws {ScratchbuildError} Where the image cannot be read, or one of the
 * paths is no file.
 */
export async function runCat(
  context: CliContext,
  flags: ReadTreeFlags,
  args: readonly string[],
): Promise<void> {
  const [text, ...paths] = args;
  if (text === undefined || paths.length === 0) {
    throw usageError(
      "Cannot print anything: name a location and a path, as in " +
        "scratchbuild cat ghcr.io/me/app:1.0 /etc/passwd",
    );
  }
  const location = parseLocation(text);
  const tree = await withReporter(flags, context, async (surroundings) => {
    const [image] = await openImages([location], surroundings);
    return await readTree(image, surroundings, { hash: true });
  });
  for (const path of paths) checkFile(tree, path);
  try {
    for (const path of paths) {
      await writeToStdout(tree.open(path, { signal: context.signal }));
    }
  } catch (error) {
    if (!isReaderGone(error)) throw error;
  }
}

function checkFile(tree: ImageTree, path: string): void {
  const item = tree.resolve(path);
  if (!item) throw missingPath(tree, path, "print");
  if (item.type === "file") return;
  throw new ScratchbuildError(
    `Cannot print ${printable(path)}: it is a ${item.type}` +
      (item.type === "directory"
        ? "; scratchbuild ls lists what is in it"
        : ", which holds nothing in an image"),
    { code: "IMAGE" },
  );
}
