import { writeWhole } from "../../machine/write_whole.ts";
import type { CliContext } from "../context.ts";
import { printable } from "../../spec/printable.ts";
import type { Digest } from "../../spec/digest.ts";
import { dryRunLines } from "../dry_run.ts";
import type { BlobName } from "../progress/blob_item.ts";
import type { OutputFlags } from "../flags/output_flags.ts";
import {
  type BuiltImage,
  metadata,
  type ResultDocument,
} from "../image_result.ts";
import { jsonText } from "../json_text.ts";
import type { BuildPlan } from "./plan_build.ts";

/** Writes the file of `--metadata-file`, where there is one to write. */
export async function writeMetadata(
  flags: OutputFlags,
  image: BuiltImage,
  results: ResultDocument["images"],
): Promise<void> {
  const file = flags["metadata-file"];
  if (file === undefined) return;
  const text = `${JSON.stringify(metadata(image, results), undefined, 2)}\n`;
  await writeWhole(file, [new TextEncoder().encode(text)]);
}

/**
 * Prints a line for each result, or the one document: to standard error where
 * standard output holds the image.
 */
export function printResults(
  results: ResultDocument["images"],
  { destinations }: BuildPlan,
  { json }: OutputFlags,
  { process }: CliContext,
  names: ReadonlyMap<Digest, BlobName>,
): void {
  const isTaken = destinations.some(({ location }) =>
    location.kind === "stdout"
  );
  const output = isTaken ? process.stderr : process.stdout;
  if (!json) {
    for (const { name, digest, dryRun } of results) {
      const lines = dryRun ? dryRunLines(dryRun, name, names) : [];
      for (const line of lines) output.write(`${line}\n`);
      output.write(`${printable(name)}@${digest}\n`);
    }
  } else if (results.length === destinations.length) {
    const document: ResultDocument = { version: 1, images: results };
    output.write(jsonText(document));
  }
}
