import type { Descriptor } from "../../spec/descriptor.ts";
import type { Page } from "./page.ts";
import { shortDigest } from "./short_digest.ts";
import { textWidth } from "../progress/text_width.ts";

/** Shows what refers to an image: signatures, attestations … */
export function referrerLines(
  page: Page,
  referrers: readonly Descriptor[],
): void {
  page.block("referrers");
  if (referrers.length === 0) page.line("  none");
  for (const { artifactType, mediaType, digest } of referrers) {
    const what = `  ${artifactType ?? mediaType}  `;
    page.line(
      textWidth(what + digest) <= page.width
        ? what + digest
        : what + shortDigest(digest),
    );
  }
}
