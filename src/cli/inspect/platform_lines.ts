import { printable } from "../../spec/printable.ts";
import type { InspectedPlatform } from "../../transfer/inspect_report.ts";
import { formatBytes } from "../progress/format_amounts.ts";
import { textWidth } from "../progress/text_width.ts";
import { counted } from "./layer_lines.ts";
import { cut, type Page } from "./page.ts";
import { shortDigest } from "./short_digest.ts";

const SIZE_WIDTH = 8;
/** Columns that a name takes at most, and that it has in any case. */
const MAX_NAME = 40;
const MIN_NAME = 16;
/** Columns beside the name, with a short digest. */
const BESIDES = 33;

/** Shows what an index names: the images, and how many attestations. */
export function platformLines(
  page: Page,
  platforms: readonly InspectedPlatform[],
): void {
  const shown = platforms.filter(({ kind }) => kind !== "attestation");
  const attestations = platforms.length - shown.length;
  page.block("platforms");
  if (platforms.length === 0) page.line("  none");
  const room = Math.min(MAX_NAME, Math.max(MIN_NAME, page.width - BESIDES));
  const names = shown.map((entry) => cut(nameOf(entry), room));
  const column = names.reduce(
    (most, name) => Math.max(most, textWidth(name)),
    0,
  );
  // That of the chosen one stands below.
  const hasSizes = shown.some(({ layersSize, isChosen }) =>
    layersSize !== undefined && !isChosen
  );
  shown.forEach(({ digest, layersSize, isChosen }, index) => {
    const name = names[index] ?? "";
    const size = layersSize === undefined ? "" : formatBytes(layersSize);
    const head = `${isChosen ? "*" : " "} ${name}` +
      " ".repeat(column - textWidth(name)) +
      (hasSizes ? `  ${size.padStart(SIZE_WIDTH)}` : "");
    const lines = [`${head}  ${digest}`, `${head}  ${shortDigest(digest)}`];
    page.line(lines.find((line) => textWidth(line) <= page.width) ?? head);
  });
  if (attestations > 0) {
    page.line(`  ${counted(attestations, "attestation")} of BuildKit`);
  }
}

function nameOf(
  { kind, platform, artifactType, mediaType }: InspectedPlatform,
): string {
  if (kind === "index") return platform ?? "(an index)";
  if (kind === "other") return printable(artifactType ?? mediaType);
  return printable(platform ?? "(no platform)");
}
