import { printable } from "../../spec/printable.ts";
import { fit, textWidth } from "../progress/text_width.ts";

/** How a page is drawn. */
export interface PageOptions {
  /** Columns that a line may take; all that it needs where that is not limited. */
  readonly width: number;
  /** Whether colours may be used. */
  readonly color: boolean;
}

/** How a row of a {@linkcode Page} is drawn. */
export interface RowOptions {
  /** Where values begin. */
  readonly column: number;
  /** Whether values are shown whole, wherever that ends: they are copied. */
  readonly isWhole?: boolean;
}

const GREEN = 32;
const CYAN = 36;

/** Lines for people, in blocks with an empty line between. */
export class Page {
  readonly #lines: string[] = [];
  readonly #width: number;
  readonly #color: boolean;

  /** @param options How it is drawn. */
  constructor({ width, color }: PageOptions) {
    this.#width = width;
    this.#color = color;
  }

  /** The lines, without line ends. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Columns that a line may take. */
  get width(): number {
    return this.#width;
  }

  /** Begins a block, with a title where it has one. */
  block(title?: string): void {
    if (this.#lines.length > 0) this.#lines.push("");
    if (title !== undefined) {
      this.#lines.push(this.#paint(printable(title), CYAN));
    }
  }

  /** Values behind a name, each on its line. */
  row(
    name: string,
    values: readonly string[],
    { column, isWhole = false }: RowOptions,
  ): void {
    const room = this.#width - column;
    values.forEach((value, index) => {
      const head = (index === 0 ? name : "").padEnd(column);
      const text = printable(value);
      const shown = isWhole ? text : cut(text, room);
      this.#lines.push(this.#paint(head, CYAN) + shown);
    });
  }

  /** One line of text, cut where it is too long. */
  line(text: string): void {
    this.#lines.push(cut(printable(text), this.#width).trimEnd());
  }

  /**
   * A line with a bar.
   *
   * @param parts The bar, what stands before it and what behind; short enough.
   */
  barLine(parts: readonly [before: string, bar: string, after: string]): void {
    const [before, bar, after] = parts;
    const line = printable(before) + this.#paint(bar, GREEN) + printable(after);
    this.#lines.push(line.trimEnd());
  }

  #paint(text: string, code: number): string {
    return this.#color && text.trim() !== ""
      ? `\x1b[${code}m${text}\x1b[0m`
      : text;
  }
}

/** A text in no more than so many columns. */
export function cut(text: string, columns: number): string {
  return textWidth(text) > columns ? fit(text, Math.max(columns, 0)) : text;
}

/** A text in no more than so many columns, of which the end stays. */
export function cutStart(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const kept: string[] = [];
  let used = 3;
  for (const character of [...text].reverse()) {
    used += textWidth(character);
    if (used > columns) break;
    kept.push(character);
  }
  return `...${kept.reverse().join("")}`;
}

/**
 * A bar: `[=====     ]`. What is there at all shows.
 *
 * @param columns With its ends.
 */
export function sizeBar(size: number, most: number, columns: number): string {
  const inner = columns - 2;
  const share = most > 0 ? Math.min(size / most, 1) : 0;
  const filled = Math.max(Math.round(share * inner), size > 0 ? 1 : 0);
  return `[${"=".repeat(filled).padEnd(inner)}]`;
}
