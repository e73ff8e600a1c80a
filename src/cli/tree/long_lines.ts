import type { ImageItem } from "../../image/image_item.ts";
import { printable } from "../../spec/printable.ts";
import { modeText } from "./mode_text.ts";

/**
 * A line for each item, as `ls -l` has them: mode, owner, size in bytes, time in
 * UTC, name. Names come last and are not cut.
 *
 * @param nameOf What an item is called.
 */
export function longLines(
  items: readonly ImageItem[],
  nameOf: (item: ImageItem) => string,
): string[] {
  const owners = items.map(({ uid, gid }) => `${uid}:${gid}`);
  const sizes = items.map(sizeText);
  const ownerWidth = widest(owners);
  const sizeWidth = widest(sizes);
  return items.map((item, at) =>
    [
      modeText(item),
      (owners[at] ?? "").padEnd(ownerWidth),
      (sizes[at] ?? "").padStart(sizeWidth),
      timeText(item.mtime),
      printable(
        nameOf(item) +
          (item.target === undefined ? "" : ` -> ${item.target}`),
      ),
    ].join(" ")
  );
}

/** Bytes; for a device the numbers in their place. */
function sizeText({ size, major, minor }: ImageItem): string {
  return major === undefined ? String(size) : `${major},${minor}`;
}

/** A time in UTC, to the minute; where no calendar has it, in seconds. */
function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9999
    ? date.toISOString().slice(0, 16).replace("T", " ")
    : `@${seconds}`;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, { length }) => Math.max(width, length), 0);
}
