/** What of an entry takes memory. */
export interface WeighedEntry {
  /** The path, in the form that layers have. */
  readonly path: string;
  /** Where a link points. */
  readonly target?: string;
  /** Extended attributes. */
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
}

/**
 * About how many bytes of memory it takes to remember an entry. Whoever goes
 * through a tree sees the directories on the way to it too, each by a path of
 * its own: those of deep paths are many times as long as the path.
 *
 * @param part What a part of a path, or an attribute, takes besides its text.
 * @param before The path of the entry before it. What both have in common is
 * there.
 */
export function entryWeight(
  { path, target = "", xattrs = {} }: WeighedEntry,
  part: number,
  before: string,
): number {
  let weight = newParts(path, before) * (part + 2 * path.length) +
    2 * target.length;
  for (const [name, value] of Object.entries(xattrs)) {
    weight += part + 2 * name.length + value.byteLength;
  }
  return weight;
}

/** How many parts of a path are not there by the path before it. */
function newParts(path: string, before: string): number {
  let shared = 0;
  while (shared < path.length && path[shared] === before[shared]) shared++;
  return path.slice(shared).split("/").length;
}

/** Extended attributes to be kept: read, they are parts of a whole header. */
export function keptXattrs(
  xattrs: Readonly<Record<string, Uint8Array>>,
): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.entries(xattrs).map(([name, value]) => [name, value.slice()]),
  );
}
