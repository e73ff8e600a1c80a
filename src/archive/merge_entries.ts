import { annotationKeys } from "../spec/annotations.ts";
import type { Descriptor } from "../spec/descriptor.ts";

/** Options of {@linkcode mergeEntries}. */
export interface MergeEntriesOptions {
  /**
   * Whether the entry is there for its digest alone, and so takes the place of
   * no other one.
   *
   * @default {false}
   */
  readonly byDigest?: boolean;
}

/**
 * Puts the entries for one manifest into an `index.json`. Each takes the place
 * of the one that had its name, so that what is written twice changes nothing;
 * other entries stay where they are. One without a name takes the place of the
 * image without a name: artifacts without one are there for their digests, as
 * signatures are.
 *
 * @param present The entries that are there.
 * @param added Several with a name each, or one without a name.
 */
export function mergeEntries(
  present: readonly Descriptor[],
  added: readonly Descriptor[],
  { byDigest = false }: MergeEntriesOptions = {},
): Descriptor[] {
  if (byDigest) {
    const digests = new Set(present.map(({ digest }) => digest));
    return [...present, ...added.filter(({ digest }) => !digests.has(digest))];
  }
  const merged: Descriptor[] = [];
  const rest = new Set(added);
  for (const entry of present) {
    const successor = added.find((other) => replaces(other, entry));
    if (!successor) merged.push(entry);
    else if (rest.delete(successor)) merged.push(successor);
  }
  return [...merged, ...rest];
}

function replaces(added: Descriptor, present: Descriptor): boolean {
  const name = nameOf(added);
  if (name !== nameOf(present)) return false;
  return name !== undefined || present.artifactType === undefined ||
    present.digest === added.digest;
}

function nameOf({ annotations }: Descriptor): string | undefined {
  return annotations?.[annotationKeys.refName];
}
