import { basename, resolve } from "node:path";
import type { PathKind } from "../machine/create_layer_from_path.ts";
import { printable } from "../spec/printable.ts";
import type { Source } from "./parse/parse_source.ts";

/** Where what a layer is made of goes in the image. */
export interface LayerPlace {
  /** What people know the layer by. */
  readonly label: string;
  /**
   * What the history of the image says. No path of this computer is in it: the
   * digest would change from one checkout to the next.
   */
  readonly createdBy: string;
  /** Path under which the entries are put; none where a tar stays as it is. */
  readonly prefix?: string;
  /** Name of a single file there. */
  readonly name?: string;
}

/**
 * Where a source goes: a directory and the entries of a tar below DEST, a
 * single file to DEST, or into it where DEST ends in `/`, as in `docker cp`. A
 * tar without DEST stays as it is.
 */
export function layerPlace(source: Source, kind: PathKind): LayerPlace {
  const { path, destination } = source;
  switch (kind) {
    case "directory": {
      const prefix = destination ?? "/";
      const createdBy = `scratchbuild: files in ${prefix}`;
      return { label: printable(prefix), createdBy, prefix };
    }
    case "file": {
      const target = targetOf(source);
      const slash = target.lastIndexOf("/");
      return {
        label: printable(target),
        createdBy: `scratchbuild: file ${target}`,
        prefix: target.slice(0, slash) || "/",
        name: target.slice(slash + 1),
      };
    }
    case "tar":
      return destination === undefined
        ? {
          label: printable(basename(path)),
          createdBy: "scratchbuild: a tar as it was",
        }
        : {
          label: printable(destination),
          createdBy: `scratchbuild: files of a tar in ${destination}`,
          prefix: destination,
        };
  }
}

/** The path of a single file in the image. */
function targetOf({ path, destination = "/", isInto }: Source): string {
  if (destination !== "/" && !isInto) return destination;
  return `${destination === "/" ? "" : destination}/${basename(resolve(path))}`;
}
