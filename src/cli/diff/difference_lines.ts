import type { ConfigChange } from "../../image/diff_configs.ts";
import type { ImageItem } from "../../image/image_item.ts";
import { printable } from "../../spec/printable.ts";
import { formatBytes } from "../progress/format_amounts.ts";
import { textWidth } from "../progress/text_width.ts";
import { changeTexts, itemText } from "./change_texts.ts";
import { type Comparison, isEqual } from "./difference_document.ts";

/** How {@linkcode differenceLines} are drawn. */
export interface DifferenceLinesOptions {
  /**
   * Columns that a line should take. What is too long is told on more lines;
   * no name is cut.
   */
  readonly width: number;
  /** Whether colours may be used. */
  readonly color: boolean;
}

type Sign = "+" | "-" | "~";

/** Red, green and yellow. */
const COLORS: Readonly<Record<Sign, number>> = { "-": 31, "+": 32, "~": 33 };

/** One line, or a few where it is too long. */
interface Row {
  readonly sign: Sign;
  readonly name: string;
  readonly details: readonly string[];
}

/** What `diff` prints for people: groups with a title, a blank line between. */
export function differenceLines(
  comparison: Comparison,
  options: DifferenceLinesOptions,
): string[] {
  if (isEqual(comparison)) return ["no differences"];
  const { before, after, removed, added, changed, config = [] } = comparison;
  const groups = [
    [`--- ${printable(before)}`, `+++ ${printable(after)}`],
    group(`${removed.length} removed${sizes(removed)}`, removed.map(only("-"))),
    group(`${added.length} added${sizes(added)}`, added.map(only("+"))),
    group(
      `${changed.length} changed`,
      changed.map((change) => ({
        sign: "~",
        name: `/${change.path}${slash(change.after)}`,
        details: changeTexts(change),
      })),
    ),
    group(`${config.length} in the configuration`, config.map(configRow)),
  ];
  return groups.filter(({ length }) => length > 0)
    .flatMap((lines, at) => at === 0 ? lines : ["", ...lines]);

  function group(title: string, rows: readonly Row[]): string[] {
    return rows.length === 0
      ? []
      : [title, ...rows.flatMap((row) => rowLines(row, options))];
  }
}

function only(sign: Sign): (item: ImageItem) => Row {
  return (item) => ({
    sign,
    name: `/${item.path}${slash(item)}`,
    details: itemText(item),
  });
}

function slash({ type }: ImageItem): string {
  return type === "directory" ? "/" : "";
}

function sizes(items: readonly ImageItem[]): string {
  const bytes = items.reduce((sum, { size }) => sum + size, 0);
  return bytes > 0 ? `, ${formatBytes(bytes)}` : "";
}

function configRow({ name, key, before, after }: ConfigChange): Row {
  const sign = before === undefined ? "+" : after === undefined ? "-" : "~";
  const sides = [before, after].filter((side) => side !== undefined);
  return {
    sign,
    name: key === undefined ? name : `${name} ${key}`,
    details: [sides.map(valueText).join(" -> ")].filter((text) => text !== ""),
  };
}

/** A value of the configuration. That of a port or a volume says nothing. */
function valueText(value: unknown): string {
  const text = JSON.stringify(value);
  return text === "{}" ? "" : text;
}

function rowLines(
  { sign, name, details }: Row,
  { width, color }: DifferenceLinesOptions,
): string[] {
  const head = `${sign} ${printable(name)}`;
  const shown = details.map(printable);
  const painted = color ? `\x1b[${COLORS[sign]}m${head}\x1b[0m` : head;
  const whole = shown.join(", ");
  if (whole === "") return [painted];
  return textWidth(`${head}  ${whole}`) <= width
    ? [`${painted}  ${whole}`]
    : [painted, ...shown.map((detail) => `    ${detail}`)];
}
