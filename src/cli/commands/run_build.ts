import type { ContainerImage, Layer } from "../../image/container_image.ts";
import { createImage } from "../../image/create_image.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { type CliContext, Interruption } from "../context.ts";
import { printable } from "../../spec/printable.ts";
import { exitStatus } from "../exit_status.ts";
import { notices } from "../notices.ts";
import { isClosedPipe } from "../process_output.ts";
import { blobItem, type BlobItemOptions } from "../progress/blob_item.ts";
import { formatBytes, formatDuration } from "../progress/format_amounts.ts";
import { createReporter, type Reporter } from "../progress/reporter.ts";
import { showAsking } from "../progress/show_asking.ts";
import { type ImageResult, imageResult, imageSize } from "../image_result.ts";
import type { OpenDestination } from "./open_destinations.ts";
import { packLayers } from "./pack_layers.ts";
import { type BuildPlan, type BuildRequest, planBuild } from "./plan_build.ts";
import { printResults, writeMetadata } from "./print_results.ts";

/**
 * Builds an image once and writes it to every destination. Results are printed
 * also where a later destination fails.
 *
 * @throws {ScratchbuildError} When something fails; nothing is left half
 * written.
 */
export async function runBuild(
  context: CliContext,
  request: BuildRequest,
): Promise<void> {
  const startedAt = context.now();
  const { flags } = request;
  const reporter = createReporter(
    flags.quiet ? "none" : flags.progress ?? "auto",
    context,
  );
  const told = notices((line) => reporter.note(line), context.now);
  const plan = await planBuild(request, context, told).catch((error) => {
    reporter.stop();
    throw error;
  });
  const results: ImageResult[] = [];
  const layers: Layer[] = [];
  let summary: string | undefined;
  try {
    await packLayers(plan, layers, context, { reporter, warn: told.warn });
    const image = await createImage({ ...plan.image, layers });
    checkDigests(image, plan);
    for (const destination of plan.destinations) {
      await writeImage(image, destination, plan, context, reporter);
      const { target, tags } = destination;
      results.push(imageResult(image, target.name, tags));
    }
    await writeMetadata(flags, image, results);
    const duration = formatDuration(context.now() - startedAt);
    summary = `done     ${formatBytes(imageSize(image))} in ${duration}`;
  } catch (error) {
    noteInterruption(plan, context);
    const isLast = results.length === plan.destinations.length - 1;
    if (!isReaderGone(error) || !isLast) throw error;
    context.process.exitCode = exitStatus.failed;
  } finally {
    reporter.stop(summary);
    printResults(results, plan, flags, context);
    await Promise.all(layers.map((layer) => layer[Symbol.asyncDispose]()));
  }
}

/** Has the error of an interruption say that the next run goes on. */
function noteInterruption(
  { uploads }: BuildPlan,
  { signal }: CliContext,
): void {
  if (signal.reason instanceof Interruption) {
    signal.reason.isResumable = uploads.isResumable;
  }
}

/** The reader of `-o -` has said why it left, where there was a reason. */
function isReaderGone(error: unknown): boolean {
  return error instanceof ScratchbuildError && error.code === "TARGET" &&
    isClosedPipe(error.cause);
}

/** Refuses another image than a reference names, before anything is written. */
function checkDigests(
  image: ContainerImage,
  { destinations }: BuildPlan,
): void {
  const { digest } = image.manifest.descriptor;
  for (const { location } of destinations) {
    if (location.kind !== "registry") continue;
    const { reference } = location;
    if (reference.digest !== undefined && reference.digest !== digest) {
      throw new ScratchbuildError(
        `Cannot push to ${reference}: the digest of the image is ${digest}; ` +
          "leave the digest out, or build from what it was built from",
        { code: "IMAGE" },
      );
    }
  }
}

async function writeImage(
  image: ContainerImage,
  { target, location }: OpenDestination,
  { layers, destinations }: BuildPlan,
  { signal }: CliContext,
  reporter: Reporter,
): Promise<void> {
  const options: BlobItemOptions = {
    image,
    labels: layers.map(({ label }) => label),
    activity: location.kind === "registry" ? "send" : "write",
    ...(destinations.length > 1 && { place: printable(target.name) }),
  };
  const answered = location.kind === "registry"
    ? showAsking(location.reference.registry, reporter)
    : () => {};
  await target.write(image, {
    signal,
    onProgress: (progress) => {
      answered();
      const item = blobItem(progress, options);
      if (progress.state === "start" && progress.bytes > 0) {
        const amount = formatBytes(progress.bytes);
        reporter.note(`resuming ${item.label} at ${amount}`);
      }
      reporter.update(item);
    },
  });
}
