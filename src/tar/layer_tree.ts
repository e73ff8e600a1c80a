import type { ArrangeOptions } from "./arrange_options.ts";
import type { ArrangedEntry } from "./arranged_entry.ts";
import { checkEntry } from "./check_entry.ts";
import { impliedDirectory } from "./complete_entry.ts";
import { LayerError } from "./layer_error.ts";
import { layerPath, parentOf, sortByBytes } from "./layer_path.ts";
import { LowerView } from "./lower_view.ts";
import type { PlacedEntry } from "./place_entries.ts";
import { warnOfTwins } from "./warn_of_twins.ts";

/**
 * Decides which of two entries for one path counts.
 *
 * @param given Path in the layer that the later one was given with. It is
 * another one where a symbolic link of the layers below leads here.
 */
export type Choose = (
  earlier: ArrangedEntry,
  later: ArrangedEntry,
  given: string,
) => ArrangedEntry;

/**
 * The tree that a layer is, while it comes into being: every parent comes
 * before what it holds, and things lie where they belong on top of the layers
 * below.
 */
export class LayerTree {
  readonly #entries = new Map<string, ArrangedEntry>();
  /** Directories that no entry gave. */
  readonly #implied = new Set<string>();
  /** Directories that hold something. */
  readonly #parents = new Set<string>();
  readonly #whiteouts: string[] = [];
  readonly #options: ArrangeOptions;
  readonly #choose: Choose;
  readonly #lower: LowerView;

  private constructor(options: ArrangeOptions, choose: Choose) {
    this.#options = options;
    this.#choose = choose;
    this.#lower = new LowerView(
      options.lower,
      (path) => (this.get(path)?.type ?? "directory") !== "directory",
    );
  }

  /**
   * A tree with the prefix in it.
   *
   * @param placed What will be put in: the whiteouts among it hide what lies
   * below.
   */
  static async of(
    placed: readonly PlacedEntry[],
    options: ArrangeOptions,
    choose: Choose,
  ): Promise<LayerTree> {
    const tree = new LayerTree(options, choose);
    const whiteouts = placed.flatMap(({ whiteout }) => whiteout ?? []);
    sortByBytes(whiteouts, ({ path }) => path);
    for (const whiteout of whiteouts) await tree.#lower.hide(whiteout);
    const prefix = await tree.#lower.directory(
      layerPath(options.prefix ?? "/"),
    );
    await tree.#addParents(`${prefix}/`);
    return tree;
  }

  /** What is at a path. */
  get(path: string): ArrangedEntry | undefined {
    return this.#entries.get(path);
  }

  /** The entries, in the order in which their paths came to be. */
  entries(): ArrangedEntry[] {
    return [...this.#entries.values()];
  }

  /**
   * Puts an entry in, and the parents that it needs before it.
   *
   * @returns The entry where it lies. Nothing for a directory that in the
   * layers below is a symbolic link to one: the link stays. A directory of a
   * base image stays what it is there.
   * @throws {LayerError} Where it cannot be there.
   */
  async add(
    { entry, whiteout }: PlacedEntry,
  ): Promise<ArrangedEntry | undefined> {
    const path = await this.#lower.place(entry.path);
    if (entry.type === "directory") {
      if (await this.#lower.directory(entry.path) !== path) return undefined;
    }
    const placed = await this.#placed(entry, path);
    if (whiteout?.type === "whiteout") {
      this.#whiteouts.push(await this.#lower.place(whiteout.path));
    }
    await this.#addParents(path);
    this.#put(placed, entry.path);
    return placed;
  }

  /**
   * Looks over the entries as they will be written.
   *
   * @throws {LayerError} Where one cannot be written, or what is taken away is
   * also there.
   */
  checked(entries: ArrangedEntry[]): ArrangedEntry[] {
    for (const path of this.#whiteouts) {
      if (this.#entries.has(path)) throw takenAndPut(path);
    }
    for (const entry of entries) checkEntry(entry);
    const { onWarning } = this.#options;
    if (onWarning) warnOfTwins(entries, onWarning);
    return entries;
  }

  async #placed(entry: ArrangedEntry, path: string): Promise<ArrangedEntry> {
    if (entry.type === "hardlink") {
      return { ...entry, path, target: await this.#lower.place(entry.target) };
    }
    if (entry.type === "directory") {
      const below = await this.#lower.find(path);
      if (below?.isKept) return impliedDirectory(path, below, this.#options);
    }
    return path === entry.path ? entry : { ...entry, path };
  }

  #put(entry: ArrangedEntry, given: string): void {
    const { path } = entry;
    const earlier = this.#entries.get(path);
    const stays = earlier?.type === "directory" && entry.type === "directory";
    if (
      earlier !== undefined && !stays && this.#parents.has(path)
    ) {
      throw new LayerError(
        path,
        `it is there as a ${entry.type}, and as a directory with something ` +
          "in it; leave one of them out",
      );
    }
    const isImplied = this.#implied.delete(path);
    const chosen = earlier === undefined || isImplied
      ? entry
      : this.#choose(earlier, entry, given);
    if (chosen === earlier) return;
    // A directory keeps its place, before what is in it.
    if (earlier !== undefined && !stays) this.#entries.delete(path);
    this.#entries.set(path, chosen);
  }

  async #addParents(path: string): Promise<void> {
    const missing: string[] = [];
    let parent = parentOf(path);
    this.#parents.add(parent);
    for (; parent !== ""; parent = parentOf(parent)) {
      const known = this.#entries.get(parent);
      if (known?.type === "directory") break;
      if (known !== undefined) {
        throw new LayerError(
          path,
          `it lies below ${parent}, which is a ${known.type} and no ` +
            "directory; leave one of them out",
        );
      }
      missing.push(parent);
    }
    for (const directory of missing.reverse()) {
      const below = await this.#lower.find(directory);
      this.#entries.set(
        directory,
        impliedDirectory(directory, below, this.#options),
      );
      this.#implied.add(directory);
      this.#parents.add(parentOf(directory));
    }
  }
}

function takenAndPut(path: string): LayerError {
  return new LayerError(
    path,
    "one layer cannot both take it away and hold it: what remained would " +
      "depend on the program that unpacks it; leave the whiteout out, since " +
      "what a layer holds replaces what lies below, empty the directory with " +
      "an opaque whiteout, or take a link away in a layer before this one",
  );
}
