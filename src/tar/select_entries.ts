import type { ArrangeOptions } from "./arrange_options.ts";
import type { Entry, HardlinkEntry, TreeEntry } from "./entry.ts";

/** What hard links can be further names of. */
type Linked = Exclude<TreeEntry, HardlinkEntry>;

/** What became of something that hard links may be further names of. */
interface Fate {
  /** What was given; nothing once it has been taken. */
  source: Linked | undefined;
  /** Where it lies, once it has been taken. */
  path?: string;
}

/**
 * Leaves out and changes what the options ask for. Hard links to what came
 * before them stay what they are: where their file is left out, the first of
 * them that is taken becomes the file, and where `map` moves it, they follow.
 */
export async function* selectEntries(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  { filter, map }: Pick<ArrangeOptions, "filter" | "map">,
): AsyncGenerator<Entry, void, undefined> {
  if (!filter && !map) {
    yield* entries;
    return;
  }
  const fates = new Map<string, Fate>();
  for await (const given of entries) {
    const fate = fateOf(given, fates);
    if (filter && !filter(given)) continue;
    const entry = fate?.source ? { ...fate.source, path: given.path } : given;
    const taken = map ? map(entry) : entry;
    if (!taken) continue;
    if (fate?.source) {
      fate.source = undefined;
      fate.path = taken.path;
    } else if (
      fate?.path !== undefined && given.type === "hardlink" &&
      taken.type === "hardlink" && taken.target === given.target
    ) {
      yield { ...taken, target: fate.path };
      continue;
    }
    yield taken;
  }
}

/** Takes note of a name. */
function fateOf(
  given: Entry,
  fates: Map<string, Fate>,
): Fate | undefined {
  const fate = given.type === "hardlink"
    ? fates.get(keyOf(given.target))
    : isLinked(given)
    ? { source: given }
    : undefined;
  if (fate) fates.set(keyOf(given.path), fate);
  return fate;
}

function isLinked(entry: Entry): entry is Linked {
  return !["directory", "hardlink", "whiteout", "opaque"].includes(entry.type);
}

/** Equal for equal paths, also those that a layer cannot hold. */
function keyOf(path: string): string {
  return path.split("/").filter((part) => part !== "" && part !== ".")
    .join("/");
}
