import { annotationKeys } from "../../spec/annotations.ts";
import type { InspectedImage } from "../../transfer/inspect_report.ts";
import type { Page } from "./page.ts";
import { dateText, healthText, pairTexts, wordsText } from "./setting_texts.ts";
import { shortDigest } from "./short_digest.ts";

const SETTING_COLUMN = 13;

/** Shows how an image runs, and what is noted about it. */
export function imageSettings(page: Page, image: InspectedImage): void {
  const { created, author, base, entrypoint, cmd, workdir, user } = image;
  const room = page.width - SETTING_COLUMN;
  const baseDigest = base?.digest && base.digest.length > room
    ? shortDigest(base.digest)
    : base?.digest;
  const health = image.healthcheck && healthText(image.healthcheck);
  settingRows(page, [
    ["created", created === undefined ? [] : [dateText(created)]],
    ["author", list(author)],
    ["base", [...list(base?.name), ...list(baseDigest)], true],
    ["entrypoint", entrypoint ? [wordsText(entrypoint)] : []],
    ["cmd", cmd ? [wordsText(cmd)] : []],
    ["workdir", list(workdir)],
    ["user", list(user)],
    ["ports", image.ports ? [image.ports.join(", ")] : []],
    ["volumes", image.volumes ?? []],
    ["stop signal", list(image.stopSignal)],
    ["healthcheck", list(health)],
    ["env", image.env ?? []],
    ["labels", pairTexts(image.labels ?? {})],
    ["annotations", pairTexts(otherAnnotations(image))],
  ]);
}

/** Annotations but those that are shown in a row of their own. */
function otherAnnotations(
  { annotations = {} }: InspectedImage,
): Record<string, string> {
  const { baseName, baseDigest } = annotationKeys;
  return Object.fromEntries(
    Object.entries(annotations).filter(([name]) =>
      name !== baseName && name !== baseDigest
    ),
  );
}

/** A block of what is there; no block where nothing is. */
export function settingRows(
  page: Page,
  rows: readonly (readonly [
    name: string,
    values: readonly string[],
    isWhole?: boolean,
  ])[],
): void {
  const filled = rows.filter(([, values]) => values.length > 0);
  if (filled.length > 0) page.block();
  for (const [name, values, isWhole = false] of filled) {
    page.row(name, values, { column: SETTING_COLUMN, isWhole });
  }
}

function list(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}
