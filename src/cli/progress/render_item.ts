import { formatBytes, formatDuration } from "./format_amounts.ts";
import { type ProgressItem, type TimedItem, wordFor } from "./progress_item.ts";
import { fit, textWidth } from "./text_width.ts";

/** How lines are drawn. */
export interface RenderOptions {
  /** Columns that a line may take. */
  readonly width: number;
  /** Whether colours may be used. */
  readonly color: boolean;
  /**
   * Columns of the longest label of the lines that are drawn together, so that
   * their bars begin in one column.
   *
   * @default those of the label
   */
  readonly labels?: number;
}

const GREEN = 32;
const CYAN = 36;
const WORD_WIDTH = 7;
const BYTES_WIDTH = 8;
const RATE_WIDTH = 10;
const MIN_LABEL = 8;
const MAX_LABEL = 24;
const MAX_LONG_LABEL = 32;
const MIN_BAR = 8;
const MAX_BAR = 32;

/**
 * One line for an item that is on its way. The narrower the terminal, the less
 * is told: first the bar goes, then the amounts.
 *
 * @param now The present time on the clock of the command.
 */
export function renderRunning(
  item: TimedItem,
  now: number,
  { width, color, labels = textWidth(item.label) }: RenderOptions,
): string {
  const labelWidth = Math.max(
    MIN_LABEL,
    Math.min(MAX_LABEL, Math.floor(width / 5)),
  );
  const room = width - WORD_WIDTH - 2 - labelWidth - 2;
  const columns = widest(detailsOf(item, now), room);
  // Many labels begin alike: a long one comes before a long bar, and has what
  // no bar takes.
  const barRoom = room - textWidth(columns) - 2;
  const longer = Math.max(
    0,
    Math.min(barRoom - MIN_BAR, Math.min(labels, MAX_LONG_LABEL) - labelWidth),
  );
  const bar = barFor(item, barRoom - longer);
  const rest = room - (columns ? textWidth(columns) : -2);
  const label = bar
    ? labelWidth + longer
    : Math.min(MAX_LABEL, labelWidth + Math.max(rest, 0));
  const line = [
    wordFor(item).padEnd(WORD_WIDTH),
    fit(item.label, label),
    ...(bar ? [bar] : []),
    ...(columns ? [columns] : []),
  ].join("  ");
  return paint(fit(line, width).trimEnd(), WORD_WIDTH, CYAN, color);
}

/** One line for an item that is done. */
export function renderDone(
  item: ProgressItem,
  { width, color }: RenderOptions,
): string {
  const note = item.state === "present"
    ? ["already there"]
    : item.note
    ? [item.note]
    : [];
  const details = [formatBytes(item.total ?? item.bytes), ...note].join(", ");
  const room = width - WORD_WIDTH - 2;
  const labelRoom = Math.max(8, room - textWidth(details) - 2);
  const label = textWidth(item.label) > labelRoom
    ? fit(item.label, labelRoom)
    : fit(item.label, Math.min(labelRoom, Math.max(textWidth(item.label), 20)));
  const line = `${wordFor(item).padEnd(WORD_WIDTH)}  ${label}  ${details}`;
  return paint(fit(line, width).trimEnd(), WORD_WIDTH, GREEN, color);
}

/** What can be told beside the label, from much to little. */
function detailsOf(item: TimedItem, now: number): string[] {
  const elapsed = Math.max(now - item.startedAt, 1);
  // Nothing else shows that there is life in it.
  if (item.activity === "ask") return [formatDuration(elapsed), ""];
  const sent = item.bytes - item.startedWith;
  const rate = `${formatBytes((sent / elapsed) * 1000)}/s`.padStart(RATE_WIDTH);
  const bytes = formatBytes(item.bytes).padStart(BYTES_WIDTH);
  if (item.total === undefined) return [`${bytes}  ${rate}`, bytes, ""];
  const total = `${bytes}/${formatBytes(item.total).padEnd(BYTES_WIDTH)}`;
  const percent = `${Math.floor(fraction(item) * 100)}%`.padStart(4);
  return [
    `${percent}  ${total}  ${rate}`,
    `${percent}  ${rate}`,
    percent,
    "",
  ];
}

function widest(texts: readonly string[], room: number): string {
  return texts.find((text) => textWidth(text) <= room) ?? "";
}

function barFor(item: ProgressItem, room: number): string {
  if (item.total === undefined || room < MIN_BAR) return "";
  const inner = Math.min(room, MAX_BAR) - 2;
  const filled = Math.floor(fraction(item) * inner);
  const head = filled < inner ? ">" : "";
  return `[${("=".repeat(filled) + head).padEnd(inner)}]`;
}

function fraction({ bytes, total = 0 }: ProgressItem): number {
  return total > 0 ? Math.min(bytes / total, 1) : 1;
}

/** Colours the first columns of a line. */
function paint(
  line: string,
  columns: number,
  code: number,
  color: boolean,
): string {
  if (!color) return line;
  const head = line.slice(0, columns);
  return `\x1b[${code}m${head}\x1b[0m${line.slice(columns)}`;
}
