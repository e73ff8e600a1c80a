import type {
  Entry,
  EntryAttributes,
  FileEntry,
  HardlinkEntry,
} from "./entry.ts";
import { LayerError } from "./layer_error.ts";
import { compareBytes, layerPath } from "./layer_path.ts";

/** How the entries of a layer are brought into their one form. */
export interface ArrangeOptions {
  /**
   * Path in the layer under which the entries are put.
   *
   * @default {"/"}
   */
  readonly prefix?: string;
  /**
   * Owner of the entries that name none, and of the parents that come into
   * being.
   *
   * @default {{ uid: 0, gid: 0 }}
   */
  readonly owner?: Owner;
  /**
   * Time of the entries that name none, in whole seconds since
   * 1970-01-01T00:00:00Z.
   *
   * @default {0}
   */
  readonly mtime?: number;
}

/** A numeric user and group. */
export interface Owner {
  /** User. */
  readonly uid: number;
  /** Group. */
  readonly gid: number;
}

/** An entry with nothing left to default, ready to be written. */
export type ArrangedEntry = Entry & Required<EntryAttributes>;

const DEFAULT_MODE: Readonly<Record<Entry["type"], number>> = {
  file: 0o644,
  directory: 0o755,
  symlink: 0o777,
  hardlink: 0o644,
};

/**
 * Brings entries into the one form that a layer has, so that equal trees give
 * equal bytes: sorted by the bytes of their paths, every parent directory
 * present, no path twice, and of the names of one file the first one holding
 * the content while the others are hard links to it.
 *
 * Every parent is present because Docker and podman reset a directory to 0755
 * where a layer holds something below it and no entry for it. An entry for the
 * root itself is dropped: runtimes do not agree on what it means.
 *
 * @throws {LayerError} For a path that cannot be in a layer, that is there
 * twice, that lies below something that is no directory, or a hard link to
 * nothing.
 */
export async function arrangeEntries(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  options: ArrangeOptions = {},
): Promise<ArrangedEntry[]> {
  const { owner = { uid: 0, gid: 0 }, mtime = 0 } = options;
  const prefix = layerPath(options.prefix ?? "/");
  const place = (path: string) => layerPath(`${prefix}/${path}`);
  const complete = (entry: Entry): ArrangedEntry => ({
    mode: DEFAULT_MODE[entry.type],
    mtime,
    ...owner,
    ...withoutUndefined(entry),
  } as ArrangedEntry);

  const byPath = new Map<string, ArrangedEntry>();
  for await (const entry of entries) {
    const path = place(entry.path);
    if (path === "") {
      if (entry.type === "directory") continue;
      throw new LayerError(entry.path, "only a directory can be the root");
    }
    if (byPath.has(path)) {
      throw new LayerError(path, "it is there twice in one layer");
    }
    const placed = entry.type === "hardlink"
      ? { ...entry, path, target: place(entry.target) }
      : { ...entry, path };
    byPath.set(path, complete(placed));
  }
  for (const path of [...byPath.keys(), `${prefix}/`]) {
    addParents(byPath, path, complete);
  }
  joinHardLinks(byPath);
  return [...byPath.values()].sort((a, b) => compareBytes(a.path, b.path));
}

function addParents(
  byPath: Map<string, ArrangedEntry>,
  path: string,
  complete: (entry: Entry) => ArrangedEntry,
): void {
  for (
    let slash = path.lastIndexOf("/");
    slash > 0;
    slash = path.lastIndexOf("/", slash - 1)
  ) {
    const parent = path.slice(0, slash);
    const known = byPath.get(parent);
    if (known === undefined) {
      byPath.set(parent, complete({ type: "directory", path: parent }));
    } else if (known.type === "directory") {
      return;
    } else {
      throw new LayerError(
        path,
        `it lies below ${parent}, which is a ${known.type} and no directory`,
      );
    }
  }
}

/** Gives the content of each file to the first of its names. */
function joinHardLinks(byPath: Map<string, ArrangedEntry>): void {
  const namesByFile = new Map<FileEntry, string[]>();
  for (const entry of byPath.values()) {
    if (entry.type !== "hardlink") continue;
    const file = linkedFile(byPath, entry);
    const names = namesByFile.get(file) ?? [file.path];
    names.push(entry.path);
    namesByFile.set(file, names);
  }
  for (const [file, names] of namesByFile) {
    const [first, ...others] = names.sort(compareBytes) as [string];
    byPath.set(first, { ...file, path: first } as ArrangedEntry);
    for (const path of others) {
      const { body: _, ...attributes } = file;
      byPath.set(
        path,
        {
          ...attributes,
          type: "hardlink",
          path,
          target: first,
        } as ArrangedEntry,
      );
    }
  }
}

function linkedFile(
  byPath: ReadonlyMap<string, Entry>,
  link: HardlinkEntry,
): FileEntry {
  const passed = new Set<string>();
  let entry: Entry | undefined = link;
  while (entry?.type === "hardlink") {
    if (passed.has(entry.path)) break;
    passed.add(entry.path);
    entry = byPath.get(entry.target);
  }
  if (entry?.type === "file") return entry;
  throw new LayerError(
    link.path,
    `it is a hard link to ${link.target}, which is no file of this layer`,
  );
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as T;
}
