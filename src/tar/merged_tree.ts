import {
  LONGEST_PATH,
  nameOf,
  parentOf,
  pathBelow,
  sortByBytes,
} from "./layer_path.ts";
import { isMarker, knownWhiteout } from "./whiteouts.ts";

/** What a layer holds at a path. */
export interface LayerItem {
  /** The path, in the form that layers have; the root is the empty text. */
  readonly path: string;
  /** What it is; `directory` is what can hold others. */
  readonly type: string;
  /** Where a symbolic link points. */
  readonly target?: string;
}

interface Node<T> {
  /** Nothing where only something below it is known. */
  item: T | undefined;
  /** Number of the layer that the item is from. */
  layer: number;
  /** What is in it, by name. Most of a tree are files, which have none. */
  children: Map<string, Node<T>> | undefined;
}

/** A node, and where it lies. */
interface Place<T> {
  readonly node: Node<T>;
  readonly path: string;
}

/** Links that are followed on the way to one directory, as on Linux. */
const MAX_LINKS = 40;
/**
 * Most characters of links that are followed for all of a layer: what would not
 * come to an end.
 */
export const MAX_STEPS: number = 10_000_000;
/**
 * Directories that come into being because links lead there, in all layers. No
 * image has as many; a few bytes of compressed links have any number.
 */
const MAX_MADE = 500_000;

/**
 * The tree that a container sees: layers one on top of the other, with
 * whiteouts applied, as overlay file systems put them.
 *
 * A symbolic link stays a link for the entries of its own layer, which lie
 * where it leads to, because a layer is unpacked into one directory. What a
 * later layer holds below the path of a link lies in a directory that takes the
 * place of the link: so Docker, podman and containerd show it, which unpack
 * each layer by itself. (umoci unpacks all of them into one directory, and
 * follows the link.)
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#applying-changesets}
 */
export class MergedTree<T extends LayerItem> {
  readonly #root: Node<T> = emptyNode();
  #layers = 0;
  #steps = 0;
  #made = 0;

  /**
   * Puts a layer on top of those that were added before. Of two items of one
   * path the later one counts. Markers that take nothing away are left out.
   */
  add(layer: Iterable<T>): void {
    const items = [...layer];
    this.#layers++;
    this.#steps = 0;
    // Whiteouts are about the layers below, wherever they stand.
    for (const { path } of items) if (isMarker(path)) this.#takeAway(path);
    for (const item of items) if (!isMarker(item.path)) this.#put(item);
  }

  /** What is at a path. */
  find(path: string): T | undefined {
    return this.#node(path)?.item;
  }

  /** Whether something is at a path, or below it. */
  has(path: string): boolean {
    return this.#node(path) !== undefined;
  }

  /** Names of what is in a directory, ordered by their bytes. */
  names(path: string): string[] {
    const children = this.#node(path)?.children;
    return sortByBytes([...children?.keys() ?? []], (name) => name);
  }

  /**
   * Everything at a path and below it, each directory followed by what it
   * holds, names ordered by their bytes.
   */
  *walk(path = ""): Generator<T, void, undefined> {
    const node = this.#node(path);
    if (!node) return;
    // Trees may be deeper than the stack of an engine.
    const stack = [node];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (node.item) yield node.item;
      const children = sortByBytes([...node.children ?? []], ([name]) => name);
      for (const [, child] of children.reverse()) stack.push(child);
    }
  }

  #takeAway(marker: string): void {
    const whiteout = knownWhiteout(marker);
    if (!whiteout) return;
    const { type, path } = whiteout;
    const { node } = this.#directory(parentOf(marker));
    if (type === "opaque") node.children = undefined;
    else node.children?.delete(nameOf(path));
  }

  #put(item: T): void {
    const isDirectory = item.type === "directory";
    if (item.path === "" && !isDirectory) return;
    const parent = this.#directory(parentOf(item.path));
    const name = nameOf(item.path);
    const node = item.path === "" ? this.#root : childOf(parent.node, name);
    const isThere = parent.path === parentOf(item.path);
    node.item = isThere
      ? item
      : { ...item, path: pathBelow(parent.path, name) };
    node.layer = this.#layers;
    if (!isDirectory) node.children = undefined;
  }

  /** The directory that a path means to the present layer. */
  #directory(path: string): Place<T> {
    const nodes = [this.#root];
    const names: string[] = [];
    const ahead = partsOf(path).reverse();
    let links = 0;
    let length = 0;
    for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
      if (name === "" || name === ".") continue;
      if (name === "..") {
        if (names.pop() !== undefined) nodes.pop();
        continue;
      }
      const parent = nodes.at(-1) ?? this.#root;
      if (links > 0 && !parent.children?.has(name)) this.#made++;
      const node = childOf(parent, name);
      const target = links < MAX_LINKS
        ? this.#ownTarget(node, LONGEST_PATH - length)
        : undefined;
      if (target === undefined) {
        if (node.item && node.item.type !== "directory") node.item = undefined;
        nodes.push(node);
        names.push(name);
        continue;
      }
      links++;
      length += target.length;
      if (target.startsWith("/")) {
        nodes.length = 1;
        names.length = 0;
      }
      for (const part of target.split("/").reverse()) ahead.push(part);
    }
    return {
      node: nodes.at(-1) ?? this.#root,
      path: links === 0 ? path : names.join("/"),
    };
  }

  /** Where a link of the present layer leads, as long as it is followed. */
  #ownTarget({ item, layer }: Node<T>, longest: number): string | undefined {
    if (item?.type !== "symlink" || layer !== this.#layers) return undefined;
    const { target = "" } = item;
    if (target.length > longest) return undefined;
    this.#steps += target.length;
    const isEndless = this.#steps > MAX_STEPS || this.#made > MAX_MADE;
    return target === "" || isEndless ? undefined : target;
  }

  #node(path: string): Node<T> | undefined {
    let node: Node<T> | undefined = this.#root;
    for (const part of partsOf(path)) node = node?.children?.get(part);
    return node;
  }
}

function emptyNode<T>(): Node<T> {
  return { item: undefined, layer: 0, children: undefined };
}

/** What a node holds by a name; it comes into being where it is not there. */
function childOf<T>(node: Node<T>, name: string): Node<T> {
  const children = node.children ??= new Map();
  let child = children.get(name);
  if (child === undefined) {
    child = emptyNode();
    children.set(name, child);
  }
  return child;
}

function partsOf(path: string): string[] {
  return path === "" ? [] : path.split("/");
}
