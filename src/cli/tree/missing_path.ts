import type { ImageTree } from "../../image/image_tree.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";
import { nameOf, pathBelow } from "../../tar/layer_path.ts";
import { nearestName } from "../config_file/nearest_name.ts";

/**
 * Says that a path leads to nothing in an image, and what is nearest to it.
 *
 * @param what What was to be done: `list`.
 */
export function missingPath(
  tree: ImageTree,
  path: string,
  what: string,
): ScratchbuildError {
  return new ScratchbuildError(
    printable(`Cannot ${what} ${path}: ${whyOf(tree, path)}`),
    { code: "IMAGE" },
  );
}

function whyOf(tree: ImageTree, path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  let at = tree.resolve("/");
  for (const [index, part] of parts.entries()) {
    const next = at && tree.resolve(`/${at.path}/${part}`);
    if (next) {
      at = next;
      continue;
    }
    if (at === undefined) break;
    const place = `/${at.path}`;
    if (at.type !== "directory") return `${place} is a ${at.type}`;
    const link = tree.find(pathBelow(at.path, part));
    if (link?.target !== undefined) {
      return `/${link.path} is a link to ${link.target}, where there is nothing`;
    }
    const names = tree.list(at.path).map(({ path }) => nameOf(path));
    const meant = nearestName(part, names);
    const rest = index === parts.length - 1
      ? "it is not in the image"
      : `/${pathBelow(at.path, part)} is not in the image`;
    return meant === undefined
      ? `${rest}, and nothing like it in ${place}`
      : `${rest}; did you mean /${pathBelow(at.path, meant)}?`;
  }
  return "it is not in the image";
}
