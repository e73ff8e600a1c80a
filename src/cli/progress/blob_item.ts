import type { Digest } from "../../spec/digest.ts";
import type { Progress } from "../../target/progress.ts";
import type { Activity, ProgressItem } from "./progress_item.ts";

/** What people know a blob or a document by. */
export interface BlobName {
  /** The name: `/app`, `base 1/3`, `manifest`. */
  readonly label: string;
  /** Whether it is too small to be told of when it is done. */
  readonly isMinor?: boolean;
  /**
   * Of a manifest or an index: the name and the bytes of all that belongs to it.
   * A place that has it has all of that.
   */
  readonly whole?: { readonly label: string; readonly bytes: number };
}

/** What {@linkcode blobItem} has to know besides the progress itself. */
export interface BlobItemOptions {
  /** What people know the blobs and documents by. */
  readonly names: ReadonlyMap<Digest, BlobName>;
  /** What is being done. */
  readonly activity: Activity;
  /** Where it goes, where there are several places. */
  readonly place?: string;
}

/** How far a blob is, in the words of the one who gave the directories. */
export function blobItem(
  { descriptor, state, bytes }: Progress,
  { names, activity, place }: BlobItemOptions,
): ProgressItem {
  const { digest, size } = descriptor;
  const isThere = state === "present" || state === "mounted";
  const way = isThere ? "in" : "to";
  const to = place === undefined ? "" : ` ${way} ${place}`;
  const { label = "config", isMinor = false, whole } = names.get(digest) ??
    { isMinor: true };
  const item = {
    id: `${place ?? ""} ${digest}`,
    activity,
    state: isThere || state === "done" ? state : "running",
    bytes,
    ...(state === "mounted" && { note: "from the same registry" }),
  } as const;
  if (whole && state === "present") {
    return { ...item, label: whole.label + to, total: whole.bytes };
  }
  return {
    ...item,
    label: label + to,
    total: size,
    ...(isMinor && { isMinor }),
  };
}
