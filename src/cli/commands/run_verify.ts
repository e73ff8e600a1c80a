import { type Location, parseLocation } from "../../machine/location.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";
import type { ImageSource } from "../../target/image_source.ts";
import { verify } from "../../transfer/verify.ts";
import type {
  VerifyFinding,
  VerifyReport,
} from "../../transfer/verify_report.ts";
import type { CliContext } from "../context.ts";
import { messageLine } from "../error_line.ts";
import { exitStatus } from "../exit_status.ts";
import { jsonText } from "../json_text.ts";
import { notices } from "../notices.ts";
import { quoted, usageError } from "../parse/usage_error.ts";
import { formatBytes } from "../progress/format_amounts.ts";
import { createReporter, type Reporter } from "../progress/reporter.ts";
import { showAsking } from "../progress/show_asking.ts";
import { sourceTag, tagIn } from "./copy_plan.ts";
import { onlyArgument } from "./only_argument.ts";
import { openLocations } from "./open_location.ts";
import type { VerifyFlags } from "./verify.ts";

/** What was found out about one image. */
interface Verified {
  /** Its tag, where it was found by one. */
  readonly tag: string | undefined;
  /** What was found. */
  readonly report: VerifyReport;
}

/**
 * Verifies an image, or all that have a tag, and prints all that is wrong.
 *
 * @throws {ScratchbuildError} Where it could not be read. What was verified by
 * then is printed.
 */
export async function runVerify(
  context: CliContext,
  flags: VerifyFlags,
  args: readonly string[],
): Promise<void> {
  const text = onlyArgument("verify", args);
  if (text === undefined) {
    throw usageError(
      "Cannot verify anything: name a location, as in " +
        "scratchbuild verify ghcr.io/me/app:1.0",
    );
  }
  const location = parseLocation(text);
  if (flags["all-tags"]) checkUnnamed(location, text);
  const reporter = createReporter(
    flags.quiet ? "none" : flags.progress ?? "auto",
    context,
  );
  const told = notices((line) => reporter.note(line), context.now);
  const found: Verified[] = [];
  let isWhole = false;
  try {
    const [source] = await openLocations([location], flags, context, told);
    if (!source) return;
    const own = sourceTag(location);
    const tags = flags["all-tags"]
      ? await tagsOf(source, text, context.signal)
      : [undefined];
    for (const tag of tags) {
      const report = await verifyOne(source, location, tag, flags, {
        context,
        reporter,
      });
      found.push({ tag: tag ?? own, report });
    }
    isWhole = true;
  } finally {
    reporter.stop();
    if (flags.json) {
      if (isWhole) printDocument(found, context);
    } else printLines(found, flags, context);
    if (found.some(({ report }) => report.problems.length > 0)) {
      context.process.exitCode = exitStatus.failed;
    }
  }
}

async function verifyOne(
  source: ImageSource,
  location: Location,
  tag: string | undefined,
  flags: VerifyFlags,
  { context, reporter }: {
    readonly context: CliContext;
    readonly reporter: Reporter;
  },
): Promise<VerifyReport> {
  const { platform } = flags;
  const answered = location.kind === "registry"
    ? showAsking(location.reference.registry, reporter)
    : () => {};
  try {
    return await verify(source, {
      ...(tag !== undefined && { name: tag }),
      ...(platform !== undefined && platform !== "all" && { platform }),
      ...(flags["foreign-layers"] && { foreignLayers: true }),
      signal: context.signal,
      onProgress: ({ descriptor, state, bytes }, what) => {
        answered();
        reporter.update({
          id: descriptor.digest,
          activity: "read",
          label: what,
          state: state === "done" ? "done" : "running",
          bytes,
          total: descriptor.size,
          isMinor: true,
        });
      },
    });
  } finally {
    answered();
  }
}

async function tagsOf(
  source: ImageSource,
  text: string,
  signal: AbortSignal,
): Promise<string[]> {
  const tags: string[] = [];
  for await (const tag of source.tags?.({ signal }) ?? []) tags.push(tag);
  if (tags.length > 0) return tags;
  throw new ScratchbuildError(
    `Cannot verify all tags of ${printable(text)}: it has none`,
    { code: "IMAGE" },
  );
}

function checkUnnamed(location: Location, text: string): void {
  const isPinned = location.kind === "registry" &&
    location.reference.digest !== undefined;
  if (tagIn(location) === undefined && !isPinned) return;
  throw usageError(
    `Cannot use --all-tags with ${quoted(text)}: it names one already; ` +
      "leave the tag or the digest out",
  );
}

function printDocument(
  found: readonly Verified[],
  { process: { stdout } }: CliContext,
): void {
  const document = {
    version: 1,
    images: found.map(({ tag, report }) => ({
      ...report,
      ...(tag !== undefined && { tag }),
      isRight: report.problems.length === 0,
    })),
  };
  stdout.write(jsonText(document));
}

/** Prints what is wrong, then a line that tells how much was verified. */
function printLines(
  found: readonly Verified[],
  { quiet }: VerifyFlags,
  { process: { stdout, stderr } }: CliContext,
): void {
  const isOne = found.length === 1;
  for (const { tag, report } of found) {
    const { name, digest, problems, warnings, skipped } = report;
    const place = isOne || tag === undefined ? name : `${name}:${tag}`;
    const before = isOne ? "" : `${place}: `;
    if (!quiet) {
      for (const finding of warnings) {
        const line = messageLine(`warning: ${before + lineOf(finding)}`);
        stderr.write(`${line}\n`);
      }
    }
    for (const finding of skipped) {
      stderr.write(
        `not verified: ${printable(before + lineOf(finding))}\n`,
      );
    }
    for (const finding of problems) {
      stdout.write(`${printable(before + lineOf(finding))}\n`);
    }
    const at = digest === undefined ? "" : `@${digest}`;
    stdout.write(`${printable(place)}${at}: ${printable(verdict(report))}\n`);
  }
}

function lineOf({ what, digest, why }: VerifyFinding): string {
  return `${what}${digest === undefined ? "" : ` (${digest})`}: ${why}`;
}

function verdict(
  { problems, documents, blobs, bytes, skipped }: VerifyReport,
): string {
  const count = problems.length;
  if (count > 0) return count === 1 ? "1 mismatch" : `${count} mismatches`;
  const left = skipped.length > 0 ? `, ${skipped.length} not verified` : "";
  return `right: ${counted(documents, "manifest")}, ` +
    `${counted(blobs, "blob")}, ${formatBytes(bytes)}${left}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
