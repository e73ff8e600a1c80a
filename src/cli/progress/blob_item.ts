import type { ContainerImage } from "../../image/container_image.ts";
import type { Progress } from "../../target/progress.ts";
import { imageSize } from "../image_result.ts";
import type { Activity, ProgressItem } from "./progress_item.ts";

/** What {@linkcode blobItem} has to know besides the progress itself. */
export interface BlobItemOptions {
  /** The image that is on its way. */
  readonly image: ContainerImage;
  /** What people know the layers by, bottom-most first. */
  readonly labels: readonly string[];
  /** What is being done. */
  readonly activity: Activity;
  /** Where it goes, where there are several places. */
  readonly place?: string;
}

/** How far a blob is, in the words of the one who gave the directories. */
export function blobItem(
  { descriptor, state, bytes }: Progress,
  { image, labels, activity, place }: BlobItemOptions,
): ProgressItem {
  const { digest } = descriptor;
  const isThere = state === "present" || state === "mounted";
  const way = isThere ? "in" : "to";
  const to = place === undefined ? "" : ` ${way} ${place}`;
  const item = {
    id: `${place ?? ""} ${digest}`,
    activity,
    state: isThere || state === "done" ? state : "running",
    bytes,
    ...(state === "mounted" && { note: "from the same registry" }),
  } as const;
  if (digest === image.manifest.descriptor.digest) {
    // Where the place has the manifest, it has all that the manifest names.
    return state === "present"
      ? { ...item, label: `image${to}`, total: imageSize(image) }
      : minor(`manifest${to}`);
  }
  const layer = image.layers.findIndex((layer) => layer.digest === digest);
  const label = labels[layer];
  if (label === undefined) return minor(`config${to}`);
  return { ...item, label: label + to, total: descriptor.size };

  function minor(label: string): ProgressItem {
    return { ...item, label, total: descriptor.size, isMinor: true };
  }
}
