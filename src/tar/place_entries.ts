import { bytesSource } from "../bytes/byte_source.ts";
import type { Spool } from "../bytes/spool.ts";
import type { ArrangeOptions } from "./arrange_options.ts";
import type { ArrangedEntry } from "./arranged_entry.ts";
import {
  completeAndMask,
  completeEntry,
  isTreeType,
} from "./complete_entry.ts";
import type { Entry, TreeEntry, WhiteoutEntry } from "./entry.ts";
import { fileContent } from "./file_content.ts";
import { LayerError } from "./layer_error.ts";
import { layerPath, pathBelow } from "./layer_path.ts";
import { selectEntries } from "./select_entries.ts";
import {
  checkMarkers,
  isMarker,
  isWhiteout,
  markerPath,
  whiteoutAt,
} from "./whiteouts.ts";

/** An entry at its path in the layer. */
export interface PlacedEntry {
  /** The entry with nothing left to default. */
  readonly entry: ArrangedEntry;
  /** What it takes away, where it is a marker. */
  readonly whiteout?: WhiteoutEntry;
}

/**
 * Takes entries in: leaves out and changes what the options ask for, puts
 * everything below the prefix, turns whiteouts into markers and streams into
 * what can be opened again.
 *
 * An entry for the root itself is left out: runtimes do not agree on what it
 * means.
 *
 * @throws {LayerError} For an entry that cannot be in a layer.
 */
export async function placeEntries(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  options: ArrangeOptions,
  spool: Spool,
): Promise<PlacedEntry[]> {
  const prefix = layerPath(options.prefix ?? "/");
  checkMarkers(prefix, false);
  const placed: PlacedEntry[] = [];
  for await (const entry of selectEntries(entries, options)) {
    const place = (path: string) => placePath(prefix, path);
    if (isWhiteout(entry)) {
      const whiteout = { ...entry, path: place(entry.path) };
      placed.push({ entry: markerOf(whiteout, options), whiteout });
    } else {
      const taken = await placeEntry(entry, place, options, spool);
      if (taken) placed.push(taken);
    }
  }
  return placed;
}

function placePath(prefix: string, path: string): string {
  const placed = layerPath(path);
  return placed === "" ? prefix : pathBelow(prefix, placed);
}

async function placeEntry(
  entry: TreeEntry,
  place: (path: string) => string,
  options: ArrangeOptions,
  spool: Spool,
): Promise<PlacedEntry | undefined> {
  const path = place(entry.path);
  if (!isTreeType(entry.type)) {
    throw new LayerError(
      path,
      `its type, ${entry["type"]}, is none that a layer knows`,
    );
  }
  if (path === "") {
    if (entry.type === "directory") return undefined;
    throw new LayerError(
      entry.path,
      "only a directory can be the root; give it a name",
    );
  }
  checkMarkers(path, options.whiteouts ?? false);
  if (entry.type === "file") {
    const body = await fileContent({ ...entry, path }, spool);
    const file = { ...entry, path, body };
    if (!isMarker(path)) return { entry: completeAndMask(file, options) };
    return {
      entry: completeEntry(file, options),
      whiteout: checkedWhiteout(path, body.size),
    };
  }
  if (isMarker(path)) {
    throw new LayerError(
      path,
      `it is a ${entry.type}, and what takes a path away is an empty file; ` +
        "rename it or leave it out",
    );
  }
  const placed = entry.type === "hardlink"
    ? { ...entry, path, target: placeTarget(entry.target, place) }
    : { ...entry, path };
  return { entry: completeAndMask(placed, options) };
}

function placeTarget(target: string, place: (path: string) => string): string {
  const placed = place(target);
  checkMarkers(placed, false);
  return placed;
}

function checkedWhiteout(path: string, size: number): WhiteoutEntry {
  const whiteout = whiteoutAt(path);
  markerPath(whiteout); // refuses what cannot be taken away
  if (size === 0) return whiteout;
  throw new LayerError(
    path,
    `it holds ${size} bytes, and what takes a path away is an empty file; ` +
      "rename it, leave it out, or empty it",
  );
}

function markerOf(
  whiteout: WhiteoutEntry,
  options: ArrangeOptions,
): ArrangedEntry {
  const path = markerPath(whiteout);
  checkMarkers(path, true);
  const body = bytesSource(new Uint8Array());
  return completeEntry({ ...whiteout, type: "file", path, body }, options);
}
