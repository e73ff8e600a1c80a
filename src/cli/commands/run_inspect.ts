import { type Location, parseLocation } from "../../machine/location.ts";
import type { ImageSource } from "../../target/image_source.ts";
import { inspectImage } from "../../transfer/inspect_image.ts";
import { inspectLayers } from "../../transfer/inspect_layers.ts";
import type { InspectReport } from "../../transfer/inspect_report.ts";
import type { CliContext } from "../context.ts";
import { inspectLines } from "../inspect/inspect_lines.ts";
import { jsonText } from "../json_text.ts";
import { notices } from "../notices.ts";
import { usageError } from "../parse/usage_error.ts";
import { createReporter, type Reporter } from "../progress/reporter.ts";
import { showAsking } from "../progress/show_asking.ts";
import type { InspectFlags } from "./inspect.ts";
import { onlyArgument } from "./only_argument.ts";
import { openLocations } from "./open_location.ts";
import { printDocument } from "./print_document.ts";

/** Layers of a registry that are read unasked: bytes of all of them. */
const UNASKED = 32 * 1024 * 1024;

/**
 * Shows what is at a location.
 *
 * @throws {ScratchbuildError} Where it cannot be read. What is known of it has
 * been shown by then.
 */
export async function runInspect(
  context: CliContext,
  flags: InspectFlags,
  args: readonly string[],
): Promise<void> {
  checkFlags(flags);
  const text = onlyArgument("inspect", args) ?? missing();
  const location = parseLocation(text);
  const reporter = createReporter(
    flags.quiet ? "none" : flags.progress ?? "auto",
    context,
  );
  try {
    const told = notices((line) => reporter.note(line), context.now);
    const [source] = await openLocations([location], flags, context, told);
    if (!source) return;
    if (flags.raw || flags.config) {
      return await printDocument(source, flags, context);
    }
    await showReport(source, location, text, flags, context, reporter);
  } finally {
    reporter.stop();
  }
}

async function showReport(
  source: ImageSource,
  location: Location,
  text: string,
  flags: InspectFlags,
  context: CliContext,
  reporter: Reporter,
): Promise<void> {
  const { signal } = context;
  const isHere = location.kind !== "registry";
  const answered = isHere
    ? () => {}
    : showAsking(location.reference.registry, reporter);
  let report = await inspectImage(source, {
    ...(flags.platform && { platform: flags.platform }),
    platformSizes: isHere || flags.layers === true,
    referrers: flags.referrers === true,
    signal,
  });
  answered();
  let failure: unknown;
  if (flags.layers || (!flags.json && isCheap(report, isHere))) {
    try {
      report = await readLayers(source, report, flags, context, reporter);
    } catch (error) {
      if (signal.aborted) throw error;
      failure = error;
    }
  }
  reporter.stop();
  printReport(report, text, flags, context);
  if (failure !== undefined) throw failure;
}

function isCheap({ image }: InspectReport, isHere: boolean): boolean {
  return isHere || (image?.layersSize ?? 0) <= UNASKED;
}

function readLayers(
  source: ImageSource,
  report: InspectReport,
  { layers = false, top }: InspectFlags,
  { signal }: CliContext,
  reporter: Reporter,
): Promise<InspectReport> {
  const digests = report.image?.layers.map(({ digest }) => digest) ?? [];
  return inspectLayers(source, report, {
    top: layers ? top ?? 5 : 0,
    signal,
    onProgress: ({ descriptor, state, bytes }) => {
      const { digest, size } = descriptor;
      reporter.update({
        id: digest,
        activity: "read",
        label: `layer ${digests.indexOf(digest) + 1}`,
        state: state === "done" ? "done" : "running",
        bytes,
        total: size,
        isMinor: true,
      });
    },
  });
}

function printReport(
  report: InspectReport,
  location: string,
  { json, layers }: InspectFlags,
  { process: { stdout, env } }: CliContext,
): void {
  if (json) {
    const document = { version: 1, ...report };
    stdout.write(jsonText(document));
    return;
  }
  const { isTTY = false, columns = 80 } = stdout;
  const lines = inspectLines(report, {
    location,
    files: layers === true,
    // In the last column, terminals do not agree on where the cursor is.
    width: isTTY ? Math.max(columns - 1, 1) : Infinity,
    color: isTTY && !env.NO_COLOR && env.TERM !== "dumb",
  });
  stdout.write(lines.map((line) => `${line}\n`).join(""));
}

function checkFlags(flags: InspectFlags): void {
  const { raw, config, layers, referrers, top } = flags;
  const printed = ["raw", "config", "json"].filter((name) =>
    flags[name as "raw" | "config" | "json"]
  );
  if (printed.length > 1) {
    throw usageError(
      `Cannot use --${printed.join(" and --")} together: each prints ` +
        "something else; choose one",
    );
  }
  if ((raw || config) && (layers || referrers)) {
    throw usageError(
      `Cannot use --${layers ? "layers" : "referrers"} with ` +
        `--${printed[0]}, which prints nothing else; leave one of them out`,
    );
  }
  if (top !== undefined && !layers) {
    throw usageError(
      "Cannot use --top without --layers: only that shows files; add it",
    );
  }
}

function missing(): never {
  throw usageError(
    "Cannot inspect anything: name a location, as in " +
      "scratchbuild inspect ghcr.io/me/app:1.0",
  );
}
