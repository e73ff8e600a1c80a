import type { WhiteoutEntry } from "./entry.ts";
import { LayerError } from "./layer_error.ts";
import { nameOf, parentOf, pathBelow } from "./layer_path.ts";
import type { Lower, LowerEntry } from "./lower.ts";

/** Links that are followed on the way to one directory, as on Linux. */
const MAX_LINKS = 40;

/**
 * What lies below a layer, as the entries of the layer meet it: asked for once,
 * without what the layer takes away.
 */
export class LowerView {
  readonly #lower: Lower | undefined;
  readonly #isReplaced: (path: string) => boolean;
  readonly #found = new Map<string, LowerEntry | undefined>();
  readonly #places = new Map<string, string>();
  readonly #gone = new Set<string>();
  readonly #emptied = new Set<string>();

  /**
   * @param lower Finds what lies below.
   * @param isReplaced Whether the layer holds something at a path that is no
   * directory.
   */
  constructor(
    lower: Lower | undefined,
    isReplaced: (path: string) => boolean,
  ) {
    this.#lower = lower;
    this.#isReplaced = isReplaced;
  }

  /** Forgets what a whiteout of the layer takes away. */
  async hide({ type, path }: WhiteoutEntry): Promise<void> {
    if (type === "opaque") this.#emptied.add(await this.directory(path));
    else this.#gone.add(await this.place(path));
    // What was found to lie behind a link may be gone now.
    this.#places.clear();
  }

  /** What lies below a path, unless the layer takes it away. */
  async find(path: string): Promise<LowerEntry | undefined> {
    if (!this.#lower || this.#isHidden(path)) return undefined;
    if (!this.#found.has(path)) {
      this.#found.set(path, await this.#lower(path));
    }
    return this.#found.get(path);
  }

  /** Where an entry belongs: its name in the directory that holds it. */
  async place(path: string): Promise<string> {
    if (!this.#lower) return path;
    return pathBelow(await this.directory(parentOf(path)), nameOf(path));
  }

  /**
   * Where what is in a directory belongs: behind the symbolic links of the
   * layers below, where they lead to a directory or to nothing known.
   *
   * @throws {LayerError} Where the links lead in a circle.
   */
  async directory(path: string): Promise<string> {
    if (!this.#lower) return path;
    const unknown: string[] = [];
    let known = path;
    for (; known !== "" && !this.#places.has(known); known = parentOf(known)) {
      unknown.push(known);
    }
    let place = this.#places.get(known) ?? "";
    for (const directory of unknown.reverse()) {
      const links: string[] = [];
      place = await this.#enter(place, nameOf(directory), links);
      this.#places.set(directory, place);
    }
    return place;
  }

  /** @param links Those that were followed before. */
  async #enter(
    directory: string,
    name: string,
    links: string[],
  ): Promise<string> {
    const path = pathBelow(directory, name);
    if (this.#isReplaced(path)) return path;
    const below = await this.find(path);
    if (below?.type !== "symlink" || below.target === undefined) return path;
    links.push(path);
    if (links.length > MAX_LINKS) {
      const [first = path] = links;
      throw new LayerError(
        first,
        "in the layers below it is a symbolic link that leads in a circle, or " +
          `through more than ${MAX_LINKS} links; take the link away with a ` +
          "whiteout in a layer before this one",
      );
    }
    return await this.#follow(below.target, directory, links) ?? path;
  }

  /** Nothing where a link leads to something that is no directory. */
  async #follow(
    target: string,
    from: string,
    links: string[],
  ): Promise<string | undefined> {
    let place = target.startsWith("/") ? "" : from;
    for (const part of target.split("/")) {
      if (part === "" || part === ".") continue;
      if (part === "..") {
        place = parentOf(place);
        continue;
      }
      place = await this.#enter(place, part, links);
      const below = await this.find(place);
      if (below !== undefined && below.type !== "directory") return undefined;
    }
    return place;
  }

  #isHidden(path: string): boolean {
    if (this.#gone.size === 0 && this.#emptied.size === 0) return false;
    if (this.#gone.has(path)) return true;
    for (let at = path; at !== "";) {
      at = parentOf(at);
      if (this.#emptied.has(at) || this.#gone.has(at)) return true;
    }
    return false;
  }
}
