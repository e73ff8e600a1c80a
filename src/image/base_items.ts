import { escapeBytes } from "../bytes/escape_bytes.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { LayerError } from "../tar/layer_error.ts";
import { layerPath } from "../tar/layer_path.ts";
import type { LowerEntry } from "../tar/lower.ts";
import type { TarEntry, TarHeader } from "../tar/read/tar_entry.ts";
import { entryWeight, keptXattrs } from "./entry_weight.ts";

/** What is at a path of a base; of files no more than that they are there. */
export interface BaseItem extends LowerEntry {
  /** The path, in the form that layers have. */
  readonly path: string;
}

/** About how many bytes of memory a part of a path takes, besides its text. */
const PART = 200;

/** Turns the entries of layers into what is remembered of them. */
export class BaseItems {
  #left: number;

  /** @param memory About how many bytes all of them may take together. */
  constructor(memory: number) {
    this.#left = memory;
  }

  /**
   * What a layer holds. What has a name that no program unpacks (`..`) is left
   * out.
   *
   * @throws {ScratchbuildError} Code `IMAGE` where it is too much.
   */
  async of(entries: AsyncIterable<TarEntry>): Promise<BaseItem[]> {
    const items: BaseItem[] = [];
    const links = new Map<string, string>();
    let before = "";
    for await (const entry of entries) {
      const item = itemOf(entry, links);
      if (item === undefined) continue;
      if (item.target !== undefined) links.set(item.path, item.target);
      this.#count(item, before);
      before = item.path;
      items.push(item);
    }
    return items;
  }

  #count(item: BaseItem, before: string): void {
    this.#left -= entryWeight(item, PART, before);
    if (this.#left >= 0) return;
    throw new ScratchbuildError(
      "Cannot look into the base image: its layers hold more paths than there " +
        "is memory for; use another one",
      { code: "IMAGE" },
    );
  }
}

/** @param links Symbolic links that came before, by their paths. */
function itemOf(
  header: TarHeader,
  links: ReadonlyMap<string, string>,
): BaseItem | undefined {
  const path = normal(header.path, header.rawPath);
  if (path === undefined || header.type === "other") return undefined;
  if (header.type === "directory") {
    const { mode, uid, gid, mtime, mtimeNanoseconds } = header;
    const xattrs = keptXattrs(header.xattrs);
    const time = { mtime, mtimeNanoseconds };
    return {
      ...{ path, type: "directory", mode, uid, gid, ...time, xattrs },
      isKept: true,
    };
  }
  const target = targetOf(header, links);
  return target === undefined
    ? { path, type: "file" }
    : { path, type: "symlink", target };
}

/** Where a symbolic link points, or a hard link to one. */
function targetOf(
  { type, target, rawTarget }: TarHeader,
  links: ReadonlyMap<string, string>,
): string | undefined {
  if (type === "symlink") return rawTarget ? escapeBytes(rawTarget) : target;
  if (type !== "hardlink") return undefined;
  const linked = normal(target, rawTarget);
  return linked === undefined ? undefined : links.get(linked);
}

function normal(path: string, raw: Uint8Array | undefined): string | undefined {
  try {
    // Names that are not UTF-8 are told apart.
    return layerPath(raw ? escapeBytes(raw) : path);
  } catch (error) {
    if (error instanceof LayerError) return undefined;
    throw error;
  }
}
