import type { Location } from "../../machine/location.ts";
import type { Publishable } from "../../image/publishable.ts";
import type { Digest } from "../../spec/digest.ts";
import type { Progress } from "../../target/progress.ts";
import { blobItem, type BlobName } from "../progress/blob_item.ts";
import { formatBytes } from "../progress/format_amounts.ts";
import type { Reporter } from "../progress/reporter.ts";
import { showAsking } from "../progress/show_asking.ts";
import { publishableNames } from "../publishable_names.ts";

/** Shows how far one image is on its way from one place to another. */
export interface TransferShow {
  /** Takes in what is to be written. */
  readonly onRead: (
    image: Publishable,
    referrers: readonly Publishable[],
  ) => void;
  /** Takes in how far a blob is. */
  readonly onProgress: (progress: Progress) => void;
  /** Takes away what is shown of the asking. */
  readonly stop: () => void;
}

/**
 * Begins to show how far an image is on its way.
 *
 * @param reporter Where it is shown.
 * @param places Where it is read and written.
 */
export function showTransfer(
  reporter: Reporter,
  { source, target }: {
    readonly source: Location;
    readonly target: Location;
  },
): TransferShow {
  let names: ReadonlyMap<Digest, BlobName> = new Map();
  let answered = asking(source, reporter);
  return {
    onRead(image, referrers) {
      answered();
      names = publishableNames(image, referrers);
      answered = asking(target, reporter);
    },
    onProgress(progress) {
      answered();
      const activity = target.kind === "registry" ? "send" : "write";
      const item = blobItem(progress, { names, activity });
      if (progress.state === "start" && progress.bytes > 0) {
        const amount = formatBytes(progress.bytes);
        reporter.note(`resuming ${item.label} at ${amount}`);
      }
      reporter.update(item);
    },
    stop: () => answered(),
  };
}

function asking(location: Location, reporter: Reporter): () => void {
  return location.kind === "registry"
    ? showAsking(location.reference.registry, reporter)
    : () => {};
}
