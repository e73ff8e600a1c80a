import { printable } from "../../spec/printable.ts";
import type { CliContext } from "../context.ts";
import type { BuiltImage } from "../image_result.ts";
import {
  blobItem,
  type BlobItemOptions,
  type BlobName,
} from "../progress/blob_item.ts";
import { formatBytes } from "../progress/format_amounts.ts";
import type { Reporter } from "../progress/reporter.ts";
import { showAsking } from "../progress/show_asking.ts";
import type { Digest } from "../../spec/digest.ts";
import type { WriteOptions } from "../../target/image_target.ts";
import type { OpenDestination } from "./open_destinations.ts";
import type { BuildPlan } from "./plan_build.ts";

/** What {@linkcode writeImage} tells others. */
export interface WriteTelling {
  /** What people know the blobs and documents by. */
  readonly names: ReadonlyMap<Digest, BlobName>;
  /** Shows how far the work is. */
  readonly reporter: Reporter;
}

/** How images are written, whatever is told of it. */
export function writeOptions(
  flags: BuildPlan["flags"],
  { signal }: Pick<CliContext, "signal">,
): WriteOptions {
  return {
    signal,
    ...(flags["foreign-layers"] && { foreignLayers: true }),
  };
}

/**
 * Writes what was built to one destination.
 *
 * @throws {ScratchbuildError} When it could not be written.
 */
export async function writeImage(
  image: BuiltImage,
  { target, location }: OpenDestination,
  { flags, destinations }: BuildPlan,
  { signal }: CliContext,
  { names, reporter }: WriteTelling,
): Promise<void> {
  const options: BlobItemOptions = {
    names,
    activity: location.kind === "registry" ? "send" : "write",
    ...(destinations.length > 1 && { place: printable(target.name) }),
  };
  const answered = location.kind === "registry"
    ? showAsking(location.reference.registry, reporter)
    : () => {};
  await target.write(image, {
    ...writeOptions(flags, { signal }),
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
