import type { ArrangedEntry } from "./arranged_entry.ts";
import { parentOf } from "./layer_path.ts";
import type { Lower, LowerEntry } from "./lower.ts";
import { MergedTree } from "./merged_tree.ts";
import { isMarker, knownWhiteout } from "./whiteouts.ts";

/** What is at a path; of files no more is of interest than that they are there. */
interface LowerItem extends LowerEntry {
  readonly path: string;
}

/**
 * What lies in layers, one on top of the other and all of them on a base, with
 * whiteouts applied: the {@linkcode Lower} of the next layer.
 *
 * @example
 * ```ts
 * import { createLayer, LowerLayers } from "@x/scratchbuild/core";
 *
 * const below = new LowerLayers();
 * const options = {
 *   lower: below.find.bind(below),
 *   onArranged: below.add.bind(below),
 * };
 * await createLayer([{ type: "directory", path: "srv", mode: 0o750 }], options);
 * await createLayer([{ type: "file", path: "srv/a", body: "a" }], options);
 * console.log((await below.find("srv"))?.mode === 0o750);
 * ```
 */
export class LowerLayers {
  readonly #tree = new MergedTree<LowerItem>();
  readonly #below: Lower | undefined;
  /** What of the base no container sees, nor what is below it. */
  readonly #gone = new Set<string>();
  /** Directories of which no container sees what the base has in them. */
  readonly #emptied = new Set<string>();

  /**
   * Layers on top of what is there already.
   *
   * @param below What lies in a base image: see `baseLower`. It is asked for
   * what no layer decides.
   */
  constructor(below?: Lower) {
    this.#below = below;
  }

  /** Puts a layer on top of those that were added before. */
  add(entries: Iterable<ArrangedEntry>): void {
    const items = Array.from(entries, lowerItem);
    if (this.#below) items.forEach((item) => this.#hide(item));
    this.#tree.add(items);
  }

  /**
   * What lies at a path: see {@linkcode Lower}. A directory of the base that a
   * layer repeats still is one of the base.
   *
   * @throws What the base fails with.
   */
  async find(path: string): Promise<LowerEntry | undefined> {
    const { path: _, ...own } = this.#tree.find(path) ?? {};
    if ("type" in own && own.type !== "directory") return own;
    const below = this.#isHidden(path) ? undefined : await this.#below?.(path);
    if ("type" in own) {
      const isKept = below?.type === "directory" && below.isKept;
      return isKept ? { ...own, isKept } : own;
    }
    // Where something is put below a link, a directory takes its place.
    const isImplied = this.#tree.has(path) && below?.type !== "directory";
    return isImplied ? undefined : below;
  }

  #hide({ path, type }: LowerItem): void {
    const whiteout = isMarker(path) ? knownWhiteout(path) : undefined;
    if (whiteout?.type === "opaque") this.#emptied.add(whiteout.path);
    else if (whiteout) this.#gone.add(whiteout.path);
    else if (type !== "directory") this.#gone.add(path);
  }

  #isHidden(path: string): boolean {
    if (this.#gone.has(path)) return true;
    for (let at = path; at !== "";) {
      at = parentOf(at);
      if (this.#gone.has(at) || this.#emptied.has(at)) return true;
    }
    return false;
  }
}

function lowerItem(entry: ArrangedEntry): LowerItem {
  const { path, type } = entry;
  if (type === "symlink") return { path, type, target: entry.target };
  return type === "directory" ? entry : { path, type: "file" };
}
