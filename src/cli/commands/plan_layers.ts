import { existsSync } from "node:fs";
import process from "node:process";
import {
  type PathKind,
  pathKind,
  type PathLayerOptions,
} from "../../machine/create_layer_from_path.ts";
import { type Platform, platformText } from "../../spec/platform.ts";
import type { ImageFlags } from "../flags/image_flags.ts";
import type { LayerFlags } from "../flags/layer_flags.ts";
import { checkLayerFlags, layerOptions } from "../layer_options.ts";
import { layerPlace } from "../layer_place.ts";
import { parseSource, type Source, sourceHint } from "../parse/parse_source.ts";
import { usageError } from "../parse/usage_error.ts";
import { reportSecrets } from "../secrets_report.ts";
import { checkPresent, platformSources } from "./platform_sources.ts";

/** A layer that is to be made. */
export interface PlannedLayer {
  /** What it is made of, on this computer. */
  readonly path: string;
  /** What people know it by. */
  readonly label: string;
  /** How it is made. */
  readonly options: PathLayerOptions;
}

/** What is around {@linkcode planLayers}. */
export interface LayerSurroundings {
  /** Seconds since 1970, where no flag tells the time. */
  readonly epoch: number;
  /** Tells what is odd but does not stop the work. */
  readonly warn: (text: string) => void;
  /** What the images are for; none where their base decides on that. */
  readonly platforms: readonly Platform[];
}

/**
 * Looks at every source, and says what layers it becomes: a list for each
 * platform, bottom-most first. What is equal on several platforms is the same
 * object in their lists.
 *
 * @param texts Each `SRC[:DEST]`.
 * @throws {ScratchbuildError} For the first thing that is wrong.
 */
export function planLayers(
  texts: readonly string[],
  flags: LayerFlags & Pick<ImageFlags, "format">,
  { epoch, warn, platforms }: LayerSurroundings,
): PlannedLayer[][] {
  const windows = process.platform === "win32";
  const wanted = platforms.length > 0 ? platforms : [undefined];
  const columns = texts.map((text) =>
    platformSources(parseSource(text, windows), wanted)
  );
  const lists = wanted.map((_, index) =>
    columns.flatMap((sources) => sources[index] ?? [])
  );
  checkPresent(platforms, lists);
  const kinds = new Map(
    lists.flat().map((source) => [source, kindOf(source)]),
  );
  checkLayerFlags(flags, [...kinds.values()]);
  const planned = new Map<Source, PlannedLayer>();
  return lists.map((sources, index) =>
    sources.map((source) => {
      const known = planned.get(source);
      if (known) return known;
      const kind = kinds.get(source) ?? kindOf(source);
      const isShared = lists.every((list) => list.includes(source));
      const platform = isShared ? undefined : platforms[index];
      const layer = planLayer(source, kind, { flags, epoch, warn, platform });
      planned.set(source, layer);
      return layer;
    })
  );
}

interface LayerRequest extends Omit<LayerSurroundings, "platforms"> {
  readonly flags: LayerFlags;
  /** The only one that has the layer, of several. */
  readonly platform: Platform | undefined;
}

function planLayer(
  source: Source,
  kind: PathKind,
  { flags, epoch, warn, platform }: LayerRequest,
): PlannedLayer {
  const { secrets, "allow-secret": allow = [] } = flags;
  const { path } = source;
  const { label, ...place } = layerPlace(source, kind);
  return {
    path,
    label: platform ? `${label} (${platformText(platform)})` : label,
    options: {
      ...layerOptions(flags, kind, epoch),
      ...place,
      ...(secrets !== "off" && {
        secrets: {
          allow,
          report: (findings) =>
            reportSecrets(findings, { path, kind }, flags, warn),
        },
      }),
    },
  };
}

function kindOf(source: Source): PathKind {
  try {
    return pathKind(source.path);
  } catch (error) {
    const hint = sourceHint(source);
    const isThere = hint === "" || existsSync(source.path);
    if (isThere || !(error instanceof Error)) throw error;
    throw usageError(error.message + hint);
  }
}
