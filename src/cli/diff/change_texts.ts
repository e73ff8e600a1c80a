import type { ItemAspect, ItemChange } from "../../image/diff_trees.ts";
import type { ImageItem } from "../../image/image_item.ts";
import { formatBytes } from "../progress/format_amounts.ts";
import { octal } from "../tree/mode_text.ts";

/** What there is to say of something that is there on one side only. */
export function itemText(item: ImageItem): string[] {
  const { type, size, target, major, minor } = item;
  switch (type) {
    case "file":
      return [formatBytes(size)];
    case "directory":
      return [];
    case "symlink":
      return [`-> ${target}`];
    case "fifo":
      return ["named pipe"];
    default:
      return [`${type} ${major},${minor}`];
  }
}

/** What is other about something that is there on both sides. */
export function changeTexts(
  { aspects, before, after }: ItemChange,
): string[] {
  const texts: Readonly<Record<ItemAspect, () => string>> = {
    type: () => `${kindText(before)} -> ${kindText(after)}`,
    mode: () => `mode ${octal(before.mode)} -> ${octal(after.mode)}`,
    owner: () =>
      `owner ${before.uid}:${before.gid} -> ${after.uid}:${after.gid}`,
    content: () => contentText(before.size, after.size),
    target: () => `link ${before.target} -> ${after.target}`,
    device: () =>
      `device ${before.major},${before.minor} -> ${after.major},${after.minor}`,
    xattrs: () => `attributes ${changedNames(before, after).join(" ")}`,
  };
  return aspects.map((aspect) => texts[aspect]());
}

function kindText(item: ImageItem): string {
  return item.type === "symlink" ? `symlink to ${item.target}` : item.type;
}

/** Sizes that read alike are told to the byte. */
function contentText(before: number, after: number): string {
  if (before === after) return `content, ${formatBytes(after)}`;
  const texts = [before, after].map(formatBytes);
  const [one, other] = texts[0] === texts[1]
    ? [`${before} B`, `${after} B`]
    : texts;
  return `content ${one} -> ${other}`;
}

function changedNames(before: ImageItem, after: ImageItem): string[] {
  const names = new Set([
    ...Object.keys(before.xattrs),
    ...Object.keys(after.xattrs),
  ]);
  const text = ({ xattrs }: ImageItem, name: string) =>
    Object.hasOwn(xattrs, name) ? xattrs[name]?.join() : undefined;
  return [...names].filter((name) => text(before, name) !== text(after, name))
    .sort();
}
