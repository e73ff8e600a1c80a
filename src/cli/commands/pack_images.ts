import type { Layer } from "../../image/container_image.ts";
import type { LayerCache } from "../../image/layer_cache.ts";
import type { ReusableLayers } from "../../image/reusable_layers.ts";
import type { LayersAhead } from "../../target/layers_ahead.ts";
import type { ArrangedEntry } from "../../tar/arranged_entry.ts";
import type { Lower } from "../../tar/lower.ts";
import { LowerLayers } from "../../tar/lower_layers.ts";
import { RecordedLower } from "../../tar/recorded_lower.ts";
import { sideBySide } from "../../target/side_by_side.ts";
import type { CliContext } from "../context.ts";
import { LayerNotices } from "../layer_notices.ts";
import type { Reporter } from "../progress/reporter.ts";
import { lowerOfBase } from "./lower_of_base.ts";
import { packLayer } from "./pack_layer.ts";
import type { PlannedImage } from "./plan_images.ts";
import type { PlannedLayer } from "./plan_layers.ts";

/** What {@linkcode packImages} tells others. */
export interface PackOptions {
  /** Shows how far the work is. */
  readonly reporter: Reporter;
  /** Tells what is odd but does not stop the work. */
  readonly warn: (text: string) => void;
  /** Layers that need not be made again. */
  readonly reuse?: ReusableLayers;
  /** Layers and blocks that were made before. */
  readonly cache?: LayerCache;
  /** Takes layers before the images are complete. */
  readonly ahead?: LayersAhead;
}

/** A layer that was packed, and what that depended on. */
interface Packed {
  readonly layer: Layer;
  readonly entries: readonly ArrangedEntry[];
  readonly asked: RecordedLower;
}

/**
 * Packs the layers of all images, of several images side by side. What an image
 * has below a layer decides on the parents in it; where that is the same, the
 * images share the layer.
 *
 * @param layers Each is added to them as soon as it is there.
 * @returns The layers of each image, bottom-most first.
 * @throws {ScratchbuildError} Where something cannot be packed.
 */
export async function packImages(
  images: readonly PlannedImage[],
  layers: Layer[],
  context: CliContext,
  options: PackOptions,
): Promise<Layer[][]> {
  const pack = sharedPacking(images, layers, options);
  // None may be at work still when the layers are thrown away.
  return await sideBySide(
    images,
    (image, signal) => packImage(image, pack, signal, options),
    { signal: context.signal },
  );
}

type Pack = (
  planned: PlannedLayer,
  below: LowerLayers,
  signal: AbortSignal,
) => Promise<Layer>;

async function packImage(
  image: PlannedImage,
  pack: Pack,
  signal: AbortSignal,
  { reporter, warn }: PackOptions,
): Promise<Layer[]> {
  const base = lowerOfBase(image, { signal, reporter, warn });
  const below = new LowerLayers(base);
  const layers: Layer[] = [];
  for (const planned of image.layers) {
    layers.push(await pack(planned, below, signal));
  }
  return layers;
}

/** Packs what several images have in common once, where that is possible. */
function sharedPacking(
  images: readonly PlannedImage[],
  layers: Layer[],
  { reporter, warn, reuse, cache, ahead }: PackOptions,
): Pack {
  const known = new Map<PlannedLayer, Packed[]>();
  const turns = new Map<PlannedLayer, Promise<unknown>>();
  const told = new Set<string>();
  let count = 0;
  const pack = async (
    planned: PlannedLayer,
    lower: Lower,
    signal: AbortSignal,
    onArranged: (entries: readonly ArrangedEntry[]) => void,
  ) => {
    const layer = await packLayer(planned, {
      id: `layer ${count++}`,
      lower,
      onArranged,
      notices: new LayerNotices(warn, told),
      signal,
      reporter,
      warn,
      ...(reuse && { reuse }),
      ...(cache && { cache }),
      ...(ahead && { ahead }),
    });
    layers.push(layer);
    return layer;
  };
  const packOrShare: Pack = async (planned, below, signal) => {
    const find = below.find.bind(below);
    const before = known.get(planned) ?? [];
    for (const { layer, entries, asked } of before) {
      if (!await asked.isSame(find)) continue;
      below.add(entries);
      return layer;
    }
    const asked = new RecordedLower(find);
    let entries: readonly ArrangedEntry[] = [];
    const lower = asked.find.bind(asked);
    const layer = await pack(planned, lower, signal, (arranged) => {
      entries = arranged;
    });
    below.add(entries);
    known.set(planned, [...before, { layer, entries, asked }]);
    return layer;
  };
  return (planned, below, signal) => {
    const users = images.filter(({ layers }) => layers.includes(planned));
    if (users.length === 1) {
      const isLast = users[0]?.layers.at(-1) === planned;
      // Nothing will ask for what lies in the last one.
      const add = isLast ? () => {} : below.add.bind(below);
      return pack(planned, below.find.bind(below), signal, add);
    }
    const turn = turns.get(planned) ?? Promise.resolve();
    const mine = turn.then(() => packOrShare(planned, below, signal));
    turns.set(planned, mine.catch(() => {}));
    return mine;
  };
}
