import { compareBytes } from "../tar/layer_path.ts";
import type { ImageItem } from "./image_item.ts";

/** What can be other about something that is there before and after. */
export type ItemAspect =
  | "type"
  | "mode"
  | "owner"
  | "content"
  | "target"
  | "device"
  | "xattrs";

/** Something that is there before and after, and is not the same. */
export interface ItemChange {
  /** The path, in the form that layers have. */
  readonly path: string;
  /** What is other, one aspect at the least. Of another type, only that. */
  readonly aspects: readonly ItemAspect[];
  /** What was there. */
  readonly before: ImageItem;
  /** What is there. */
  readonly after: ImageItem;
}

/** How two trees differ, each list in the order of the trees. */
export interface TreeDifference {
  /** What is there only after. */
  readonly added: readonly ImageItem[];
  /** What was there only before. */
  readonly removed: readonly ImageItem[];
  /** What is there before and after, and is not the same. */
  readonly changed: readonly ItemChange[];
}

/** Options of {@linkcode diffTrees}. */
export interface DiffTreesOptions {
  /**
   * What is not compared.
   *
   * @default nothing
   */
  readonly except?: readonly ItemAspect[];
}

/**
 * Compares two trees: types, modes, owners, contents, link targets, devices and
 * extended attributes. Times and the root itself are not compared: a build has
 * no say in the times, and runtimes do not agree on the root.
 *
 * @param before Items with their digests, as `ImageTree.walk` orders them.
 * @param after The same.
 *
 * @example
 * ```ts
 * import { diffTrees, entryItems } from "@x/scratchbuild/core";
 *
 * const before = await entryItems([{ type: "file", path: "a", body: "1" }]);
 * const after = await entryItems([{ type: "file", path: "a", body: "2" }]);
 * const { changed } = diffTrees(before, after);
 * console.log(changed.map(({ path, aspects }) => [path, aspects])); // a: content
 * ```
 */
export function diffTrees(
  before: Iterable<ImageItem>,
  after: Iterable<ImageItem>,
  { except = [] }: DiffTreesOptions = {},
): TreeDifference {
  const added: ImageItem[] = [];
  const removed: ImageItem[] = [];
  const changed: ItemChange[] = [];
  const earlier = before[Symbol.iterator]();
  const later = after[Symbol.iterator]();
  let old = earlier.next();
  let now = later.next();
  while (!old.done || !now.done) {
    const order = old.done
      ? 1
      : now.done
      ? -1
      : compareBytes(sortKey(old.value), sortKey(now.value));
    if (order < 0 && !old.done) {
      if (old.value.path !== "") removed.push(old.value);
    } else if (order > 0 && !now.done) {
      if (now.value.path !== "") added.push(now.value);
    } else if (!old.done && !now.done && old.value.path !== "") {
      const aspects = aspectsOf(old.value, now.value)
        .filter((aspect) => !except.includes(aspect));
      const { path } = now.value;
      if (aspects.length > 0) {
        changed.push({ path, aspects, before: old.value, after: now.value });
      }
    }
    if (order <= 0) old = earlier.next();
    if (order >= 0) now = later.next();
  }
  return { added, removed, changed };
}

/** A directory comes right before what it holds. No name holds a NUL. */
function sortKey({ path }: ImageItem): string {
  return path.replaceAll("/", "\0");
}

function aspectsOf(before: ImageItem, after: ImageItem): ItemAspect[] {
  if (before.type !== after.type) return ["type"];
  const aspects: ItemAspect[] = [];
  // Links have no modes of their own.
  if (before.type !== "symlink" && before.mode !== after.mode) {
    aspects.push("mode");
  }
  if (before.uid !== after.uid || before.gid !== after.gid) {
    aspects.push("owner");
  }
  if (before.size !== after.size || before.digest !== after.digest) {
    aspects.push("content");
  }
  if (before.target !== after.target) aspects.push("target");
  if (before.major !== after.major || before.minor !== after.minor) {
    aspects.push("device");
  }
  if (!areEqual(before.xattrs, after.xattrs)) aspects.push("xattrs");
  return aspects;
}

function areEqual(
  a: ImageItem["xattrs"],
  b: ImageItem["xattrs"],
): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => {
    const one = a[name];
    const other = Object.hasOwn(b, name) ? b[name] : undefined;
    return one?.byteLength === other?.byteLength &&
      one?.every((byte, at) => byte === other?.[at]);
  });
}
