import { LONGEST_PATH, parentOf, pathBelow } from "../tar/layer_path.ts";

/** As many links as Linux follows in one path. */
const MOST_LINKS = 40;

/**
 * Follows the symbolic links in a path, as a system does whose root is that of
 * the image: `..` and absolute targets never lead out of it.
 *
 * @param path Any path in the image, with or without a leading `/`.
 * @param targetOf Where the symbolic link at a path points; nothing for what is
 * none.
 * @returns The path without links and `..`, in the form that layers have.
 * Nothing where the links lead in a circle, or on a path that is too long.
 * @see {@link https://man7.org/linux/man-pages/man7/path_resolution.7.html}
 */
export function followLinks(
  path: string,
  targetOf: (path: string) => string | undefined,
): string | undefined {
  const left = partsOf(path);
  let at = "";
  let links = 0;
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    if (part === "..") {
      at = parentOf(at);
      continue;
    }
    const next = pathBelow(at, part);
    if (next.length > LONGEST_PATH) return undefined;
    const target = targetOf(next);
    if (target === undefined) {
      at = next;
      continue;
    }
    if (++links > MOST_LINKS || target.length > LONGEST_PATH) return undefined;
    if (target.startsWith("/")) at = "";
    for (const name of partsOf(target)) left.push(name);
  }
  return at;
}

/** The parts of a path that mean something, the last one first. */
function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".")
    .reverse();
}
