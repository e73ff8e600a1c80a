import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import { nameOf, parentOf, pathBelow } from "../tar/layer_path.ts";
import { MAX_STEPS, MergedTree } from "../tar/merged_tree.ts";
import type { Layer } from "./container_image.ts";
import { entryWeight } from "./entry_weight.ts";
import { followLinks } from "./follow_links.ts";
import type { ImageTree } from "./image_tree.ts";
import { type Inode, LayeredTree, type Placed } from "./layered_tree.ts";
import { type LayerRecord, RECORD_WEIGHT } from "./layer_record.ts";

/** What AUFS kept in its layers, which no container sees. */
const METADATA = /(?:^|\/)\.wh\.\.wh\.(?!\.opq$)/;

/** Puts layers on top of each other, as programs do that unpack them. */
export class TreeBuilder {
  readonly #tree = new MergedTree<Placed>();
  readonly #layers: Layer[] = [];

  /**
   * Puts a layer on top. Of two entries of one path the later one counts.
   *
   * @param onWeight Is told how many bytes of memory paths take, more or less,
   * that are others than those of the records, because links lead there.
   * @throws {ScratchbuildError} Code `IMAGE` where nobody could unpack it.
   */
  add(
    layer: Layer,
    records: readonly LayerRecord[],
    onWeight: (bytes: number) => void = () => {},
  ): void {
    const position = this.#layers.push(layer) - 1;
    const placed: Placed[] = [];
    const own = new Map<string, Placed>();
    const links = new OwnLinks();
    let before = "";
    const put = (record: LayerRecord, inode: Inode) => {
      const { path } = record;
      const item = { path, type: inode.type, layer: position, inode };
      const { target } = inode;
      placed.push(target === undefined ? item : { ...item, target });
      const found = links.locate(path);
      if (found !== path) {
        onWeight(entryWeight({ path: found }, RECORD_WEIGHT, before));
        before = found;
      }
      own.set(found, item);
      links.put(found, target);
    };
    const link = (record: LayerRecord): boolean => {
      const target = links.locate(trimmed(record.target ?? ""));
      const file = own.get(target) ?? this.#tree.find(target);
      if (!file || file.type === "directory") return false;
      if (file.path !== record.path) put(record, linked(file.inode, record));
      return true;
    };
    const early: LayerRecord[] = [];
    for (const record of records) {
      if (METADATA.test(record.path)) continue;
      if (record.type !== "hardlink") put(record, inodeOf(record, position));
      else if (!link(record)) early.push(record);
    }
    // Some archives name a file before they hold it.
    for (const record of early) {
      if (!link(record)) throw lost(layer, record);
    }
    this.#tree.add(placed);
  }

  /** The tree of what was put in. */
  tree(): ImageTree {
    return new LayeredTree(this.#tree, this.#layers);
  }
}

function inodeOf(
  { path: _, type, ...rest }: LayerRecord,
  source: number,
): Inode {
  // There are no other hard links any more.
  return { ...rest, type: type === "hardlink" ? "file" : type, source };
}

/** Programs that unpack a link apply what it says to the file that it shares. */
function linked(
  inode: Inode,
  { mode, uid, gid, mtime, xattrs }: LayerRecord,
): Inode {
  const attributes = inode.type === "symlink" ? {} : { mode, uid, gid, mtime };
  return Object.assign(inode, attributes, {
    xattrs: { ...inode.xattrs, ...xattrs },
  });
}

/** The symbolic links of one layer, which its own entries lie behind. */
class OwnLinks {
  readonly #targets = new Map<string, string>();
  /** The directory that was asked for last, and where it is. */
  #last: readonly [given: string, found: string] | undefined;
  #steps = 0;

  /** Takes note of what is at a path: a link with its target, or none. */
  put(path: string, target: string | undefined): void {
    if (target !== undefined) this.#targets.set(path, target);
    else if (!this.#targets.delete(path)) return;
    this.#last = undefined;
  }

  /** Where a path is. That of a hard link's file may hold `..`. */
  locate(path: string): string {
    const parent = parentOf(path);
    const isPlain = this.#targets.size === 0 && !parent.includes("..");
    if (isPlain || parent === "") return path;
    if (this.#last?.[0] !== parent) {
      const found = followLinks(parent, (path) => this.#follow(path));
      this.#last = [parent, found ?? parent];
    }
    return pathBelow(this.#last[1], nameOf(path));
  }

  #follow(path: string): string | undefined {
    const target = this.#targets.get(path);
    this.#steps += target?.length ?? 0;
    return this.#steps > MAX_STEPS ? undefined : target;
  }
}

/** A path without empty parts and `.`; `..` stays, and leads nowhere. */
function trimmed(path: string): string {
  return path.split("/").filter((part) => part !== "" && part !== ".")
    .join("/");
}

function lost(
  { digest }: Layer,
  { path, target = "" }: LayerRecord,
): ScratchbuildError {
  return new ScratchbuildError(
    `Cannot read the layer ${digest}: the hard link ${printable(path)} leads ` +
      `to ${printable(target)}, where there is no file`,
    { code: "IMAGE" },
  );
}
