import { layerEncoding } from "../../image/layer_descriptor.ts";
import { annotationKeys } from "../../spec/annotations.ts";
import { isNonDistributable } from "../../spec/media_types.ts";
import { printable } from "../../spec/printable.ts";
import type {
  InspectedImage,
  InspectedLayer,
  LayerContents,
} from "../../transfer/inspect_report.ts";
import { formatBytes } from "../progress/format_amounts.ts";
import { textWidth } from "../progress/text_width.ts";
import { commandText } from "./command_text.ts";
import { cutStart, type Page, sizeBar } from "./page.ts";
import { shortDigest } from "./short_digest.ts";

/** Columns before what is said of a layer: `  1  `. */
const INDENT = 5;
const SIZE_WIDTH = 8;
const MIN_BAR = 8;
const MAX_BAR = 22;
const FILE_BAR = 12;
/** Columns that a path takes at least where there is a bar. */
const MIN_PATH = 24;

/** Options of {@linkcode layerLines}. */
export interface LayerLinesOptions {
  /** Whether the biggest files are listed. */
  readonly files: boolean;
}

/**
 * Shows the steps that an image was made in, with the layer that each made: two
 * lines for a layer, one for a step without.
 */
export function stepLines(
  page: Page,
  { history, layers }: InspectedImage,
  options: LayerLinesOptions,
): void {
  page.block("layers");
  const goesWithLayers = history.some(({ layer }) => layer !== undefined);
  const draw = layerDrawer(page, layers, options);
  if (!goesWithLayers) {
    layers.forEach((_, position) => draw(position, "(not in the history)"));
    return;
  }
  for (const { createdBy, comment, layer } of history) {
    const text = commandText(createdBy || comment || "(unknown command)");
    if (layer === undefined) page.line(`  -  ${text}`);
    else draw(layer, text);
  }
}

/** Shows the layers of what is no image. */
export function blobLines(
  page: Page,
  layers: readonly InspectedLayer[],
): void {
  if (layers.length === 0) return;
  page.block("layers");
  const draw = layerDrawer(page, layers, { files: false });
  layers.forEach(({ mediaType, annotations = {} }, position) => {
    const title = annotations[annotationKeys.title];
    draw(position, title === undefined ? mediaType : `${title} (${mediaType})`);
  });
}

function layerDrawer(
  page: Page,
  layers: readonly InspectedLayer[],
  { files }: LayerLinesOptions,
): (position: number, text: string) => void {
  const most = layers.reduce((most, { size }) => Math.max(most, size), 0);
  const details = layers.map(detailsOf);
  const room = page.width - INDENT - MIN_BAR;
  // Bars are compared: those of all layers are equally long.
  const widths = (details[0] ?? []).map((_, level) =>
    details.reduce(
      (widest, texts) => Math.max(widest, textWidth(texts[level] ?? "")),
      0,
    )
  );
  const level = widths.findIndex((width) => width <= room);
  const columns = level < 0
    ? MIN_BAR
    : Math.min(MAX_BAR, MIN_BAR + room - (widths[level] ?? 0));
  return (position, text) => {
    const layer = layers[position];
    if (!layer) return;
    page.line(`${String(position + 1).padStart(3)}  ${text}`);
    const bar = sizeBar(layer.size, most, columns);
    const after = details[position]?.[level] ?? "";
    page.barLine([" ".repeat(INDENT), bar, after]);
    if (files && layer.contents) fileLines(page, layer.contents);
  };
}

/** What can be told beside the bar, from much to little. */
function detailsOf(
  { size, unpackedSize, digest, mediaType }: InspectedLayer,
): string[] {
  const compressed = `  ${formatBytes(size).padStart(SIZE_WIDTH)}`;
  const unpacked = unpackedSize === undefined
    ? ""
    : `  ${formatBytes(unpackedSize).padStart(SIZE_WIDTH)}`;
  const sizes = compressed + unpacked;
  const named = unpacked === "" ? sizes : `${sizes} unpacked`;
  const kind = kindOf(mediaType);
  const note = kind === undefined ? "" : `  ${kind}`;
  const short = `  ${shortDigest(digest)}`;
  return [
    `${named}  ${digest}${note}`,
    `${named}${short}${note}`,
    `${named}${note}`,
    sizes + note,
    sizes,
  ].map(printable);
}

/** What is unusual about the bytes of a layer. */
function kindOf(mediaType: string): string | undefined {
  if (isNonDistributable(mediaType)) return "foreign";
  const encoding = layerEncoding(mediaType);
  if (encoding === "gzip") return undefined;
  return encoding === "none" ? "tar" : encoding;
}

function fileLines(
  page: Page,
  { entries, whiteouts, biggest }: LayerContents,
): void {
  const indent = " ".repeat(INDENT);
  const taken = whiteouts === 0 ? "" : `, ${counted(whiteouts, "whiteout")}`;
  page.line(`${indent}${counted(entries, "entry", "entries")}${taken}`);
  const most = biggest[0]?.size ?? 0;
  for (const { path, size } of biggest) {
    const before = `${indent}  `;
    const amount = `${formatBytes(size).padStart(SIZE_WIDTH)}  `;
    const room = page.width - textWidth(before + amount);
    const hasBar = room >= MIN_PATH + FILE_BAR;
    const bar = hasBar ? sizeBar(size, most, FILE_BAR) : "";
    const name = cutStart(
      printable(`/${path}`),
      hasBar ? room - FILE_BAR - 2 : room,
    );
    page.barLine([before, bar, (hasBar ? "  " : "") + amount + name]);
  }
}

/** A number and what it counts. */
export function counted(
  count: number,
  one: string,
  many: string = `${one}s`,
): string {
  return `${count} ${count === 1 ? one : many}`;
}
