import { textWidth } from "./text_width.ts";

/** What is to be drawn over what is there. */
export interface Frame {
  /** The lines that the last frame left to be drawn over. */
  readonly previous: readonly string[];
  /** Lines that stay, above the ones to come. */
  readonly lasting: readonly string[];
  /** Lines that the next frame draws over. */
  readonly passing: readonly string[];
  /** Width of the terminal now. */
  readonly columns: number;
}

/**
 * The text that turns one frame into the next, to be written at once so that
 * nothing flickers. The cursor stays below the lines and is never hidden: then
 * there is nothing to restore, however the command ends.
 *
 * @see {@link https://ecma-international.org/publications-and-standards/standards/ecma-48/}
 */
export function renderFrame(frame: Frame): string {
  const { previous, lasting, passing, columns } = frame;
  // A terminal that was made narrower has wrapped the lines.
  const rows = previous.reduce(
    (sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)),
    0,
  );
  const up = rows > 0 ? `\x1b[${rows}A\r` : "";
  const lines = [...lasting, ...passing].map((line) => `${line}\x1b[K\n`);
  return `${up}${lines.join("")}\x1b[J`;
}

// deno-lint-ignore no-control-regex -- what begins a colour is one
const COLOR = /\x1b\[\d+m/g;

function widthOf(line: string): number {
  return textWidth(line.replace(COLOR, ""));
}
