import { isIndex, type Publishable } from "../../image/publishable.ts";
import type { Location } from "../../machine/location.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";
import type { ImageSource } from "../../target/image_source.ts";
import type { ImageTarget } from "../../target/image_target.ts";
import { copy } from "../../transfer/copy.ts";
import type { CliContext } from "../context.ts";
import { exitStatus } from "../exit_status.ts";
import { noteInterruption } from "../note_interruption.ts";
import { type Notices, notices } from "../notices.ts";
import type { OpenUploads } from "../open_uploads.ts";
import { usageError } from "../parse/usage_error.ts";
import { isReaderGone } from "../process_output.ts";
import { formatBytes, formatDuration } from "../progress/format_amounts.ts";
import { createReporter, type Reporter } from "../progress/reporter.ts";
import { type TransferResult, transferResult } from "../transfer_result.ts";
import type { CopyFlags } from "./copy.ts";
import {
  type ClaimedTags,
  claimTags,
  type CopyPlan,
  copyPlan,
  type CopySource,
  keptTags,
  sourceTag,
} from "./copy_plan.ts";
import { openTransfer } from "./open_transfer.ts";
import { printTransfer } from "./print_transfer.ts";
import { showTransfer } from "./show_transfer.ts";

/** An image that is copied. */
interface Item extends CopySource {
  /** The place. */
  readonly source: ImageSource;
  /** The tag that is copied, where all are. */
  readonly name?: string;
  /** The tags that it gets. */
  readonly tags: readonly string[];
}

/**
 * Copies images one after the other. Results are printed also where a later
 * image fails.
 *
 * @throws {ScratchbuildError} When something fails; no tag names something half
 * copied.
 */
export async function runCopy(
  context: CliContext,
  flags: CopyFlags,
  args: readonly string[],
): Promise<void> {
  const startedAt = context.now();
  const plan = copyPlan(args, flags);
  checkTerminal(plan.target, context);
  const reporter = createReporter(
    flags.quiet ? "none" : flags.progress ?? "auto",
    context,
  );
  const told = notices((line) => reporter.note(line), context.now);
  const results: TransferResult[] = [];
  const locations = plan.sources.map(({ location }) => location);
  const isOne = plan.sources.length === 1 && !flags["all-tags"];
  let isWhole = false;
  let uploads: OpenUploads | undefined;
  let summary: string | undefined;
  try {
    const { sources, target, ...open } = await openTransfer(
      { sources: locations, target: plan.target },
      flags,
      context,
      told,
    );
    uploads = open.uploads;
    for await (const item of items(plan, sources, flags, context)) {
      const result = await copyOne(item, plan, target, flags, {
        context,
        reporter,
        told,
      });
      results.push(result);
    }
    isWhole = true;
    const bytes = results.reduce((sum, { size }) => sum + size, 0);
    const duration = formatDuration(context.now() - startedAt);
    summary = `done     ${formatBytes(bytes)} in ${duration}`;
  } catch (error) {
    noteInterruption(uploads, context);
    if (!isReaderGone(error)) throw error;
    context.process.exitCode = exitStatus.failed;
  } finally {
    reporter.stop(summary);
    printTransfer(results, {
      isWhole,
      isOne,
      isTaken: plan.target.kind === "stdout",
      isJson: flags.json === true,
    }, context);
  }
}

/** What is to be copied; the tags of a place are asked for when it is its turn. */
async function* items(
  plan: CopyPlan,
  sources: readonly ImageSource[],
  flags: CopyFlags,
  { signal }: CliContext,
): AsyncGenerator<Item, void, undefined> {
  const isOne = plan.sources.length === 1;
  const claimed: ClaimedTags = new Map();
  for (const [position, copied] of plan.sources.entries()) {
    const source = sources[position];
    if (!source) return;
    if (!flags["all-tags"]) {
      const own = sourceTag(copied.location);
      const tags = plan.tags ?? keptTags(copied, plan.target, own, isOne);
      yield { ...copied, source, tags };
      continue;
    }
    const names: string[] = [];
    for await (const name of source.tags?.({ signal }) ?? []) names.push(name);
    if (names.length === 0) {
      throw new ScratchbuildError(
        `Cannot copy all tags of ${printable(copied.text)}: it has none`,
        { code: "IMAGE" },
      );
    }
    for (const name of names) {
      const tags = keptTags(copied, plan.target, name);
      claimTags(claimed, tags, copied);
      yield { ...copied, source, name, tags };
    }
  }
}

async function copyOne(
  { source, location, text, name, tags }: Item,
  plan: CopyPlan,
  target: ImageTarget,
  flags: CopyFlags,
  { context, reporter, told }: {
    readonly context: CliContext;
    readonly reporter: Reporter;
    readonly told: Notices;
  },
): Promise<TransferResult> {
  const { platform } = flags;
  const show = showTransfer(reporter, {
    source: location,
    target: plan.target,
  });
  try {
    const { image, referrers } = await copy(source, target, {
      ...(name !== undefined && { name }),
      ...(platform !== undefined && platform !== "all" && { platform }),
      tags,
      referrers: flags.referrers === true,
      foreignLayers: flags["foreign-layers"] === true,
      signal: context.signal,
      onProgress: show.onProgress,
      onRead: (image, referrers) => {
        checkDigest(image, plan.target);
        if (isMade(image)) {
          told.warn(
            `${printable(text)} holds no manifest of the image, so one was ` +
              "made: its digest is not one that it has elsewhere",
          );
        }
        show.onRead(image, referrers);
      },
    });
    return transferResult(image, target.name, tags, referrers);
  } finally {
    show.stop();
  }
}

/** Whether an image comes from a place that has no manifest of it. */
function isMade(image: Publishable): boolean {
  return !isIndex(image) && "isMade" in image.manifest;
}

/** Refuses another image than the destination names, before it is written. */
function checkDigest(image: Publishable, target: Location): void {
  if (target.kind !== "registry") return;
  const { reference } = target;
  const { digest } = image.manifest.descriptor;
  if (reference.digest === undefined || reference.digest === digest) return;
  throw new ScratchbuildError(
    `Cannot copy to ${reference}: the digest of the image is ${digest}; ` +
      "leave the digest out, or copy what has it",
    { code: "IMAGE" },
  );
}

function checkTerminal(
  { kind }: Location,
  { process: { stdout } }: CliContext,
): void {
  if (kind !== "stdout" || !stdout.isTTY) return;
  throw usageError(
    "Cannot write the image to a terminal: redirect standard output, " +
      "as in - | docker load",
  );
}
