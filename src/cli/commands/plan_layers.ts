import { existsSync } from "node:fs";
import process from "node:process";
import {
  type PathKind,
  pathKind,
  type PathLayerOptions,
} from "../../machine/create_layer_from_path.ts";
import type { LayerFlags } from "../flags/layer_flags.ts";
import { checkLayerFlags, layerOptions } from "../layer_options.ts";
import { layerPlace } from "../layer_place.ts";
import { parseSource, type Source, sourceHint } from "../parse/parse_source.ts";
import { usageError } from "../parse/usage_error.ts";
import { reportSecrets } from "../secrets_report.ts";

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
}

/**
 * Looks at every source, and says what layer it becomes.
 *
 * @param texts Each `SRC[:DEST]`.
 * @throws {ScratchbuildError} For the first thing that is wrong.
 */
export function planLayers(
  texts: readonly string[],
  flags: LayerFlags,
  { epoch, warn }: LayerSurroundings,
): PlannedLayer[] {
  const windows = process.platform === "win32";
  const sources = texts.map((text) => parseSource(text, windows));
  const kinds = sources.map(kindOf);
  checkLayerFlags(flags, kinds);
  const { secrets, "allow-secret": allow = [] } = flags;
  return sources.map((source, index) => {
    const kind = kinds[index] ?? kindOf(source);
    const { path } = source;
    const { label, ...place } = layerPlace(source, kind);
    return {
      path,
      label,
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
  });
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
