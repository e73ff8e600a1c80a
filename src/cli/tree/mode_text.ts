import type { ImageItem } from "../../image/image_item.ts";

const LETTERS: Readonly<Record<ImageItem["type"], string>> = {
  file: "-",
  directory: "d",
  symlink: "l",
  "character-device": "c",
  "block-device": "b",
  fifo: "p",
};

/** Type and mode as `ls` writes them: `-rwsr-xr-x`. */
export function modeText(
  { type, mode }: Pick<ImageItem, "type" | "mode">,
): string {
  const triple = (shift: number, special: boolean, letter: string) => {
    const bits = mode >> shift;
    const runs = (bits & 1) !== 0;
    const last = special
      ? runs ? letter : letter.toUpperCase()
      : runs
      ? "x"
      : "-";
    return (bits & 4 ? "r" : "-") + (bits & 2 ? "w" : "-") + last;
  };
  return LETTERS[type] +
    triple(6, (mode & 0o4000) !== 0, "s") +
    triple(3, (mode & 0o2000) !== 0, "s") +
    triple(0, (mode & 0o1000) !== 0, "t");
}

/** A mode in octal: `0644`. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
