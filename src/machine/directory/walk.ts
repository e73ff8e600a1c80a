import { lstatSync, realpathSync, statSync } from "node:fs";
import { turn } from "../../bytes/turn.ts";
import { printable } from "../../spec/printable.ts";
import { LayerError } from "../../tar/layer_error.ts";
import { readError } from "../read_error.ts";
import { describe, type Walk } from "./describe.ts";
import type { DirectoryOptions } from "./directory.ts";
import type { Found } from "./found.ts";
import { type HeldDirectory, holdDirectory } from "./held_directory.ts";
import { brokenNameError, listNames } from "./names.ts";
import { checkUnchanged, inLayerOf, type Place, under } from "./place.ts";
import { type Selection, selectionOf } from "./selection.ts";

/** Most entries that are looked at without a pause. */
const BATCH = 1000;

/**
 * Finds what is below a directory, some of it at a time.
 *
 * That each directory is the same before and after it is listed shows that
 * nothing outside was looked at: another one in its place, or in the place of
 * one above it, would be another directory. Where that can be done, it is held
 * meanwhile, so that it cannot be another one in between either.
 *
 * @throws {LayerError}
 */
export async function* walk(
  path: string,
  options: DirectoryOptions,
): AsyncGenerator<Found[], void, undefined> {
  const selection = selectionOf(path, options.ignore);
  const root = rootOf(path);
  const state = stateOf(path, options);
  const pending = [root];
  let isEmpty = true;
  for (let place = pending.pop(); place; place = pending.pop()) {
    await turn();
    const held = holdDirectory(place);
    try {
      const { names, broken } = listNames(place.onDisk, held.path);
      for (const name of broken) {
        const path = inLayerOf(place, name.text);
        if (verdictOf(selection, path) === "out") continue;
        throw brokenNameError(place.onDisk, name);
      }
      for (let start = 0; start === 0 || start < names.length; start += BATCH) {
        if (start > 0) await turn();
        const batch = names.slice(start, start + BATCH);
        const { kept, below } = lookAt(batch, place, held, selection, state);
        checkUnchanged(place);
        for (const directory of below) pending.push(directory);
        isEmpty &&= kept.length === 0;
        yield kept;
      }
    } finally {
      held.close();
    }
  }
  if (isEmpty) throw nothingLeft(path, selection);
}

/**
 * `in`, `out` with all that is below it, or `look`, which is left out but for
 * what is kept below it.
 */
function verdictOf(
  { rules, never }: Selection,
  path: string,
): "in" | "out" | "look" {
  if (never.has(path)) return "out";
  if (rules === undefined || !rules.isIgnored(path)) return "in";
  return rules.mayKeepBelow(path) ? "look" : "out";
}

interface Look {
  readonly kept: Found[];
  readonly below: Place[];
}

function lookAt(
  names: readonly string[],
  place: Place,
  held: HeldDirectory,
  selection: Selection,
  state: Walk,
): Look {
  const kept: Found[] = [];
  const below: Place[] = [];
  for (const name of names) {
    const inLayer = inLayerOf(place, name);
    const verdict = verdictOf(selection, inLayer);
    if (verdict === "out") continue;
    const path = under(place.onDisk, name);
    const via = under(held.path, name);
    if (verdict === "look" && !isDirectory(path, via)) continue;
    const found = describe({ onDisk: path, via }, inLayer, place, state);
    if (found === undefined) continue;
    const withheld = verdict === "look" ? found : undefined;
    if (found.entry.type === "directory") {
      const { onDisk, identity } = found;
      below.push({ onDisk, inLayer, identity, parent: place, withheld });
    }
    if (withheld !== undefined) continue;
    if (place.withheld) kept.push(...release(place));
    kept.push(found);
  }
  return { kept, below };
}

/** The directories that were left out until something in them was kept. */
function release(place: Place): Found[] {
  const released: Found[] = [];
  for (let above: Place | undefined = place; above?.withheld;) {
    released.push(above.withheld);
    above.withheld = undefined;
    above = above.parent;
  }
  return released;
}

function isDirectory(path: string, via: string): boolean {
  try {
    return lstatSync(via).isDirectory();
  } catch (error) {
    throw readError(path, error);
  }
}

function rootOf(path: string): Place {
  try {
    const { dev, ino } = statSync(path);
    const identity = { dev, ino };
    return { onDisk: path, inLayer: "", identity, parent: undefined };
  } catch (error) {
    throw readError(path, error);
  }
}

function stateOf(path: string, options: DirectoryOptions): Walk {
  try {
    const root = options.dereference ? realpathSync(path) : path;
    return { root, options, firstNames: new Map() };
  } catch (error) {
    throw readError(path, error);
  }
}

function nothingLeft(path: string, { source }: Selection): LayerError {
  return new LayerError(
    path,
    source === ""
      ? "there is nothing in it that an image can hold"
      : `everything in it is left out by ${printable(source)}; ` +
        "take away the pattern that is too wide",
  );
}
