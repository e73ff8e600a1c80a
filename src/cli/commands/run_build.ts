import type { Layer } from "../../image/container_image.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import type { LayersAhead } from "../../target/layers_ahead.ts";
import type { CliContext } from "../context.ts";
import { dryRun } from "../dry_run.ts";
import { exitStatus } from "../exit_status.ts";
import { type BuiltImage, imageResult, imageSize } from "../image_result.ts";
import { noteInterruption } from "../note_interruption.ts";
import { type Notices, notices } from "../notices.ts";
import { isReaderGone } from "../process_output.ts";
import { formatBytes, formatDuration } from "../progress/format_amounts.ts";
import { createReporter } from "../progress/reporter.ts";
import { buildImages, type Built } from "./build_images.ts";
import type { BuildRequest } from "./build_request.ts";
import { layerCacheFor } from "./layer_cache_for.ts";
import { layersThere } from "./layers_there.ts";
import { type BuildPlan, planBuild } from "./plan_build.ts";
import { printResults, writeMetadata } from "./print_results.ts";
import { writeImage, writeOptions } from "./write_image.ts";

/**
 * Builds an image once, or one for each platform, and writes it to every
 * destination. Results are printed
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
  const told = onceEach(notices((line) => reporter.note(line), context.now));
  const telling = { reporter, notices: told };
  const plan = await planBuild(request, context, telling).catch((error) => {
    reporter.stop();
    throw error;
  });
  const results: ReturnType<typeof imageResult>[] = [];
  const layers: Layer[] = [];
  let summary: string | undefined;
  let names: Built["names"] = new Map();
  const isDry = plan.flags["dry-run"] === true;
  const ahead = isDry ? undefined : openAhead(plan, context);
  try {
    const { warn } = told;
    const cache = layerCacheFor(plan.flags, context);
    const reuse = layersThere(plan, { signal: context.signal, warn });
    const built = await buildImages(plan, layers, context, {
      reporter,
      warn,
      ...(reuse && { reuse }),
      ...(cache && { cache }),
      ...(ahead && { ahead }),
    });
    const { image } = built;
    ({ names } = built);
    checkDigests(image, plan);
    for (const destination of plan.destinations) {
      const { target, tags } = destination;
      const result = imageResult(image, target.name, tags);
      if (isDry) {
        const options = writeOptions(plan.flags, context);
        const planned = await dryRun(image, target, options);
        results.push({ ...result, dryRun: planned });
        continue;
      }
      const telling = { names, reporter };
      await writeImage(image, destination, plan, context, telling);
      results.push(result);
    }
    if (!isDry) await writeMetadata(flags, image, results);
    const duration = formatDuration(context.now() - startedAt);
    if (!isDry) {
      summary = `done     ${formatBytes(imageSize(image))} in ${duration}`;
    }
  } catch (error) {
    noteInterruption(plan.uploads, context);
    const isLast = results.length === plan.destinations.length - 1;
    if (!isReaderGone(error) || !isLast) throw error;
    context.process.exitCode = exitStatus.failed;
  } finally {
    reporter.stop(summary);
    printResults(results, plan, flags, context, names);
    // It reads the layers.
    await ahead?.[Symbol.asyncDispose]();
    await Promise.all(layers.map((layer) => layer[Symbol.asyncDispose]()));
  }
}

/**
 * Opens the first registry for layers that are sent before the image is
 * complete. What names a digest is not sent before the image has it.
 */
function openAhead(
  { destinations }: BuildPlan,
  { signal }: CliContext,
): LayersAhead | undefined {
  const first = destinations.find(({ location }) =>
    location.kind === "registry"
  );
  const isCertain = destinations.every(({ location }) =>
    location.kind !== "registry" || location.reference.digest === undefined
  );
  return isCertain ? first?.target.ahead?.({ signal }) : undefined;
}

/** What is odd about several images is told once. */
function onceEach(notices: Notices): Notices {
  const told = new Set<string>();
  return {
    ...notices,
    warn: (text) => {
      if (told.has(text)) return;
      told.add(text);
      notices.warn(text);
    },
  };
}

/** Refuses another image than a reference names, before anything is written. */
function checkDigests(
  image: BuiltImage,
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
