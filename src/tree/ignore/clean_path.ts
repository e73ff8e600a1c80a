/** Finds what {@linkcode cleanPath} would change. */
const UNCLEAN = /^$|^\/|\/$|\/\/|(?:^|\/)\.\.?(?:\/|$)/;

/**
 * The shortest form of a path, by its text alone, as `filepath.Clean` of Go has
 * it: without empty parts, `.`, and `..` that can be worked out. An empty path
 * is `.`.
 *
 * @see {@link https://pkg.go.dev/path/filepath#Clean}
 */
export function cleanPath(path: string): string {
  if (!UNCLEAN.test(path)) return path;
  const root = path.startsWith("/") ? "/" : "";
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (root === "") parts.push(part);
  }
  return root + parts.join("/") || ".";
}

/** A clean path without the `/` that it begins with; the root stays. */
export function withoutRoot(path: string): string {
  return path.length > 1 && path.startsWith("/") ? path.slice(1) : path;
}
