import type { ContainerImage, Layer } from "../../image/container_image.ts";
import type { Location } from "../../machine/location.ts";
import { printable } from "../../spec/printable.ts";
import { pull } from "../../transfer/pull.ts";
import type { CliContext } from "../context.ts";
import type { OutputFlags } from "../flags/output_flags.ts";
import type { ReadFlags } from "../flags/read_flags.ts";
import type { TreeFlags } from "../flags/tree_flags.ts";
import { type Notices, notices } from "../notices.ts";
import { createReporter, type Reporter } from "../progress/reporter.ts";
import { showAsking } from "../progress/show_asking.ts";
import { openLocations } from "./open_location.ts";

/** The flags of every command that reads the files of an image. */
export interface ReadTreeFlags
  extends TreeFlags, ReadFlags, Pick<OutputFlags, "progress" | "quiet"> {}

/** What is around {@linkcode openImages}. */
export interface OpenImageSurroundings {
  /** The flags of the command. */
  readonly flags: ReadTreeFlags;
  /** The process. */
  readonly context: CliContext;
  /** Shows how far the reading is. */
  readonly reporter: Reporter;
  /** Tells what is odd but does not stop the work. */
  readonly told: Notices;
}

/**
 * Lends what shows how far the work is, until the work is done.
 *
 * @param work What is done. What it prints has to wait until then.
 */
export async function withReporter<T>(
  flags: ReadTreeFlags,
  context: CliContext,
  work: (surroundings: OpenImageSurroundings) => Promise<T>,
): Promise<T> {
  const mode = flags.quiet ? "none" : flags.progress ?? "auto";
  const reporter = createReporter(mode, context);
  const told = notices((line) => reporter.note(line), context.now);
  try {
    return await work({ flags, context, reporter, told });
  } finally {
    reporter.stop();
  }
}

/**
 * Finds the images at locations.
 *
 * @throws {ScratchbuildError} Where there is none.
 */
export async function openImages(
  locations: readonly Location[],
  { flags, context, reporter, told }: OpenImageSurroundings,
): Promise<ContainerImage[]> {
  const { signal } = context;
  const sources = await openLocations(locations, flags, context, told);
  const images: ContainerImage[] = [];
  for (const [at, source] of sources.entries()) {
    const location = locations[at];
    const answered = location?.kind === "registry"
      ? showAsking(location.reference.registry, reporter)
      : () => {};
    const { platform, "foreign-layers": foreignLayers } = flags;
    images.push(
      await pull(source, {
        ...(platform && { platform }),
        ...(foreignLayers && { foreignLayers }),
        signal,
      }),
    );
    answered();
  }
  return images;
}

/**
 * Shows how far layers are read.
 *
 * @param labels What people know each image by; nothing where there is one.
 */
export function showReading(
  images: readonly ContainerImage[],
  reporter: Reporter,
  labels: readonly string[] = [],
): (layer: Layer, bytes: number) => void {
  return (layer, bytes) => {
    const image = images.findIndex(({ layers }) => layers.includes(layer));
    const position = images[image]?.layers.indexOf(layer) ?? -1;
    const label = labels[image];
    const isDone = bytes >= layer.size;
    reporter.update({
      id: `${image} ${layer.digest}`,
      activity: "read",
      label: `layer ${position + 1}` +
        (label === undefined ? "" : ` of ${printable(label)}`),
      state: isDone ? "done" : "running",
      bytes,
      total: layer.size,
      isMinor: true,
    });
  };
}
