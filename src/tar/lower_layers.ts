import type { ArrangedEntry } from "./arranged_entry.ts";
import { nameOf } from "./layer_path.ts";
import type { LowerEntry } from "./lower.ts";
import { isMarker, whiteoutAt } from "./whiteouts.ts";

/** What is at one path. */
interface Node {
  /** Nothing where only something below it is known. */
  entry: LowerEntry | undefined;
  /** What is in it, by name. */
  readonly children: Map<string, Node>;
}

/** Of files no more is of interest than that they are there. */
const FILE: LowerEntry = { type: "file" };

/**
 * What lies in layers, one on top of the other, with whiteouts applied: the
 * {@linkcode Lower} of the next layer.
 *
 * @example
 * ```ts
 * import { createLayer, LowerLayers } from "@x/scratchbuild/core";
 *
 * const below = new LowerLayers();
 * const options = {
 *   lower: (path: string) => below.find(path),
 *   onArranged: below.add.bind(below),
 * };
 * await createLayer([{ type: "directory", path: "srv", mode: 0o750 }], options);
 * await createLayer([{ type: "file", path: "srv/a", body: "a" }], options);
 * console.log(below.find("srv")?.mode === 0o750);
 * ```
 */
export class LowerLayers {
  readonly #root: Node = { entry: undefined, children: new Map() };

  /** Puts a layer on top of those that were added before. */
  add(entries: Iterable<ArrangedEntry>): void {
    const layer = [...entries];
    // Whiteouts are about the layers below, wherever they stand.
    for (const { path } of layer) {
      if (isMarker(path)) this.#takeAway(path);
    }
    for (const entry of layer) {
      if (!isMarker(entry.path)) this.#put(entry);
    }
  }

  /** What lies at a path: see {@linkcode Lower}. */
  find(path: string): LowerEntry | undefined {
    return this.#node(path.split("/"))?.entry;
  }

  #takeAway(marker: string): void {
    const { type, path } = whiteoutAt(marker);
    const parts = path === "" ? [] : path.split("/");
    if (type === "opaque") this.#node(parts)?.children.clear();
    else this.#node(parts.slice(0, -1))?.children.delete(nameOf(path));
  }

  #put(entry: ArrangedEntry): void {
    let node = this.#root;
    for (const name of entry.path.split("/")) {
      let child = node.children.get(name);
      if (child === undefined) {
        child = { entry: undefined, children: new Map() };
        node.children.set(name, child);
      }
      node = child;
    }
    node.entry = lowerEntry(entry);
    if (entry.type !== "directory") node.children.clear();
  }

  #node(parts: readonly string[]): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const part of parts) node = node?.children.get(part);
    return node;
  }
}

function lowerEntry(entry: ArrangedEntry): LowerEntry {
  if (entry.type === "symlink") {
    return { type: "symlink", target: entry.target };
  }
  if (entry.type !== "directory") return FILE;
  const { path: _, ...directory } = entry;
  return directory;
}
