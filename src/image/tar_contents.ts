import { bytesSource } from "../bytes/byte_source.ts";
import { escapeBytes } from "../bytes/escape_bytes.ts";
import { printable } from "../spec/printable.ts";
import type { ArrangedEntry } from "../tar/arranged_entry.ts";
import { layerPath } from "../tar/layer_path.ts";
import { LayerError } from "../tar/layer_error.ts";
import type { OnLayerWarning } from "../tar/layer_warning.ts";
import type { Lower } from "../tar/lower.ts";
import type { TarHeader } from "../tar/read/tar_entry.ts";
import { checkMarkers } from "../tar/whiteouts.ts";
import { checkRoot } from "./check_root.ts";
import { treeEntryOf } from "./tree_entry_of.ts";

/** How many paths a warning names. */
const MOST = 3;

/**
 * What a tar holds that is taken byte for byte: enough of it to know what lies
 * below the next layer, and what programs will say of it.
 */
export class TarContents {
  readonly #entries = new Map<string, ArrangedEntry>();
  readonly #twice = new Set<string>();
  readonly #whiteouts: boolean;

  /** @param whiteouts Whether markers are meant as such. */
  constructor(whiteouts: boolean) {
    this.#whiteouts = whiteouts;
  }

  /**
   * Takes note of an entry.
   *
   * @throws {LayerError} For a marker that is not meant, and for a root that is
   * no directory.
   */
  add(header: TarHeader): void {
    const path = pathOf(header);
    checkRoot(header);
    if (path === undefined || path === "") return;
    checkMarkers(path, this.#whiteouts);
    if (this.#entries.has(path)) this.#twice.add(path);
    const entry = entryOf(header, path);
    if (entry) this.#entries.set(path, entry);
  }

  /** What the tar holds, without the content. */
  entries(): ArrangedEntry[] {
    return [...this.#entries.values()];
  }

  /**
   * Tells of what Docker and podman refuse, or take for something else.
   *
   * @param lower What lies below the layer.
   */
  async warn(
    onWarning: OnLayerWarning,
    lower: Lower | undefined,
  ): Promise<void> {
    const twice = [...this.#twice];
    if (twice.length > 0) {
      onWarning({
        path: twice[0] ?? "",
        code: "TAR",
        message: `the tar holds ${listed(twice)} more than once, which ` +
          "docker load and podman load refuse; with a destination, also /, " +
          "it is written anew",
      });
    }
    const orphans = this.#missing();
    if (orphans.length > 0) {
      onWarning({
        path: orphans[0] ?? "",
        code: "TAR",
        message: `the tar has no entry for ${listed(orphans)} above what it ` +
          "holds, so that Docker and podman give it mode 0755 and owner 0:0; " +
          "with a destination, also /, it is written anew",
      });
    }
    const { links, changed } = await this.#overBelow(lower);
    if (changed.length > 0) {
      onWarning({
        path: changed[0] ?? "",
        code: "TAR",
        message:
          `the tar gives ${listed(changed)} another mode or owner than ` +
          "the base image has, and its own counts; with a destination, also " +
          "/, it is written anew, and they stay as they are",
      });
    }
    if (links.length > 0) {
      onWarning({
        path: links[0] ?? "",
        code: "TAR",
        message:
          `the tar holds a directory for ${listed(links)}, which takes ` +
          "the place of a symbolic link in the layers below; with a " +
          "destination, also /, it is written anew, and the link stays",
      });
    }
  }

  /** Directories that change what lies below. */
  async #overBelow(
    lower: Lower | undefined,
  ): Promise<{ links: string[]; changed: string[] }> {
    const links: string[] = [];
    const changed: string[] = [];
    for (const { type, path, mode, uid, gid } of this.#entries.values()) {
      if (type !== "directory") continue;
      const below = await lower?.(path);
      if (below?.type === "symlink") links.push(path);
      if (!below?.isKept) continue;
      const isSame = below.mode === mode && below.uid === uid &&
        below.gid === gid;
      if (!isSame) changed.push(path);
    }
    return { links, changed };
  }

  #missing(): string[] {
    const missing = new Set<string>();
    for (const path of this.#entries.keys()) {
      for (
        let slash = path.lastIndexOf("/");
        slash > 0;
        slash = path.lastIndexOf("/", slash - 1)
      ) {
        const parent = path.slice(0, slash);
        if (this.#entries.has(parent) || missing.has(parent)) break;
        missing.add(parent);
      }
    }
    return [...missing];
  }
}

function pathOf({ path, rawPath }: TarHeader): string | undefined {
  try {
    // Names that are not UTF-8 are told apart.
    return layerPath(rawPath ? escapeBytes(rawPath) : path);
  } catch (error) {
    // What programs make of `..` is their affair; nothing is unpacked here.
    if (error instanceof LayerError) return undefined;
    throw error;
  }
}

function entryOf(header: TarHeader, path: string): ArrangedEntry | undefined {
  const { mode, uid, gid, mtime, mtimeNanoseconds, xattrs } = header;
  const attributes = { path, mode, uid, gid, mtime, mtimeNanoseconds, xattrs };
  return treeEntryOf(header, attributes, NOT_HERE);
}

/** The content is in the tar, and passes. */
const NOT_HERE = bytesSource(new Uint8Array());

function listed(paths: readonly string[]): string {
  const rest = paths.length - MOST;
  return paths.slice(0, MOST).map(printable).join(", ") +
    (rest > 0 ? ` and ${rest} more` : "");
}
