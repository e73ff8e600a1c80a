import type { ImageItem } from "../../image/image_item.ts";
import type { ImageTree } from "../../image/image_tree.ts";
import { parseLocation } from "../../machine/location.ts";
import { printable } from "../../spec/printable.ts";
import { nameOf } from "../../tar/layer_path.ts";
import type { CliContext } from "../context.ts";
import { jsonText } from "../json_text.ts";
import { usageError } from "../parse/usage_error.ts";
import { itemDocument } from "../tree/item_document.ts";
import { longLines } from "../tree/long_lines.ts";
import { missingPath } from "../tree/missing_path.ts";
import type { LsFlags } from "./ls.ts";
import { openImages, withReporter } from "./open_image.ts";
import { readTree } from "./read_tree.ts";

/**
 * Lists files of an image.
 *
 * @throws {ScratchbuildError} Where it cannot be read, or the path is not there.
 */
export async function runLs(
  context: CliContext,
  flags: LsFlags,
  args: readonly string[],
): Promise<void> {
  const [text, path = "/", ...more] = args;
  if (text === undefined) {
    throw usageError(
      "Cannot list anything: name a location, as in " +
        "scratchbuild ls ghcr.io/me/app:1.0 /app",
    );
  }
  if (more.length > 0) {
    throw usageError(
      `Cannot list ${args.length - 1} paths: there is one; ` +
        "see scratchbuild ls --help",
    );
  }
  const location = parseLocation(text);
  const tree = await withReporter(flags, context, async (surroundings) => {
    const [image] = await openImages([location], surroundings);
    return await readTree(image, surroundings);
  });
  const top = itemAt(tree, path);
  if (!top) throw missingPath(tree, path, "list");
  const isDirectory = top.type === "directory";
  const items = !isDirectory
    ? [top]
    : flags.recursive
    ? [...tree.walk(top.path)].filter(({ path }) => path !== top.path)
    : tree.list(top.path);
  const nameAs = flags.recursive || !isDirectory
    ? ({ path }: ImageItem) => `/${path}`
    : ({ path }: ImageItem) => nameOf(path);
  const { stdout } = context.process;
  if (flags.json) {
    const entries = items.map(itemDocument);
    const document = { version: 1, path: `/${top.path}`, entries };
    stdout.write(jsonText(document));
    return;
  }
  const lines = flags.long
    ? longLines(items, nameAs)
    : items.map((item) => printable(nameAs(item)));
  stdout.write(lines.map((line) => `${line}\n`).join(""));
}

/** What is listed: the directory that a link leads to, and else the link. */
function itemAt(tree: ImageTree, path: string): ImageItem | undefined {
  const found = tree.resolve(path);
  if (found?.type === "directory" || /\/\.?$/.test(path)) return found;
  const [, parent = "", name = ""] = /^(.*?)([^/]*)$/s.exec(path) ?? [];
  const directory = tree.resolve(parent);
  if (directory?.type !== "directory") return found;
  return tree.find(
    directory.path === "" ? name : `${directory.path}/${name}`,
  ) ?? found;
}
