import { printable } from "../spec/printable.ts";
import type { ArrangedEntry } from "./arranged_entry.ts";
import type { OnLayerWarning } from "./layer_warning.ts";
import { nameOf, parentOf, pathBelow } from "./layer_path.ts";

/**
 * Warns of names in one directory that macOS or Windows take for one. An image
 * holds them apart, and so does Linux.
 */
export function warnOfTwins(
  entries: Iterable<ArrangedEntry>,
  onWarning: OnLayerWarning,
): void {
  const seen = new Map<string, string>();
  for (const { path } of entries) {
    const key = pathBelow(parentOf(path), folded(nameOf(path)));
    const twin = seen.get(key);
    seen.set(key, path);
    if (twin === undefined) continue;
    const differs = twin.normalize() === path.normalize()
      ? "in the Unicode form (NFC, NFD)"
      : "in upper and lower case";
    onWarning({
      path,
      code: "NAMES",
      message:
        `${printable(twin)} and ${printable(path)} differ only ${differs}: ` +
        "the image holds both, and file systems of macOS and Windows may not",
    });
  }
}

/** Equal for names that differ in case or Unicode form only. */
function folded(name: string): string {
  // deno-lint-ignore no-control-regex -- the range of ASCII
  return /^[\x00-\x7f]*$/.test(name)
    ? name.toUpperCase()
    : name.normalize().toUpperCase().normalize();
}
