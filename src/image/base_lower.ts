import { ScratchbuildError } from "../spec/error.ts";
import { isNonDistributable } from "../spec/media_types.ts";
import { orAborted } from "../spec/or_aborted.ts";
import type { OnLayerWarning } from "../tar/layer_warning.ts";
import type { Lower, LowerEntry } from "../tar/lower.ts";
import { MergedTree } from "../tar/merged_tree.ts";
import { type BaseItem, BaseItems } from "./base_items.ts";
import type { Layer } from "./container_image.ts";
import { layerEntries } from "./layer_entries.ts";
import { isDamage } from "./layer_read_error.ts";

/** Options of {@linkcode baseLower}. */
export interface BaseLowerOptions {
  /**
   * About how much memory the paths of all layers may take, in bytes, so that a
   * few bytes of gzip cannot take all there is. The default is enough for three
   * million of them.
   *
   * @default {1073741824}
   */
  readonly memory?: number;
  /** Stops the work. */
  readonly signal?: AbortSignal;
  /** Is told how many bytes of a layer have been read, of `layer.size`. */
  readonly onProgress?: (layer: Layer, bytes: number) => void;
  /**
   * Is told of a layer that cannot be looked into, because it may not be
   * distributed and is not there: what is in it counts as not known.
   */
  readonly onWarning?: OnLayerWarning;
}

/**
 * What lies in the layers of a base image, with whiteouts applied: the `lower`
 * of the layers on top. The layers are read, as streams, when the first path is
 * asked for, each of them once, and nothing of them is kept but what is where.
 *
 * Directories are answered with all their attributes and stay what they are
 * (`isKept`): also those for which no layer has an entry, which Docker makes
 * with mode 0755 and owner 0:0.
 *
 * @param layers The layers, bottom-most first.
 * @returns Throws, when it is asked, a `ScratchbuildError`: code `TAR` or
 * `COMPRESSION` where a layer is damaged, code `IMAGE` where the layers hold
 * more than `memory` is for, code `ABORTED` when the signal ended the work, and
 * what the source of a layer fails with.
 *
 * @example
 * ```ts no-eval
 * import { baseLower, createImage, createLayer } from "@x/scratchbuild";
 * import { pull, Registry } from "@x/scratchbuild";
 *
 * const base = await pull(new Registry("localhost:5000/me/base:1"));
 * const layer = await createLayer(
 *   [{ type: "file", path: "tmp/x", body: "x" }],
 *   { lower: baseLower(base.layers) },
 * );
 * const image = await createImage({ base, layers: [layer] });
 * console.log(image.manifest.descriptor.digest);
 * ```
 */
export function baseLower(
  layers: readonly Layer[],
  options: BaseLowerOptions = {},
): Lower {
  const { signal } = options;
  let tree: Promise<MergedTree<BaseItem>> | undefined;
  return async (path) => {
    tree ??= orAborted(readLayers(layers, options), WORK, signal);
    return answer(await tree, path);
  };
}

const WORK = "read the base image";

/** What no layer has an entry for, and holds something all the same. */
const IMPLIED: LowerEntry = {
  type: "directory",
  mode: 0o755,
  uid: 0,
  gid: 0,
  isKept: true,
};

function answer(
  tree: MergedTree<BaseItem>,
  path: string,
): LowerEntry | undefined {
  const { path: _, ...found } = tree.find(path) ?? {};
  if ("type" in found) return found;
  return path !== "" && tree.has(path) ? IMPLIED : undefined;
}

async function readLayers(
  layers: readonly Layer[],
  options: BaseLowerOptions,
): Promise<MergedTree<BaseItem>> {
  const tree = new MergedTree<BaseItem>();
  const items = new BaseItems(options.memory ?? 1 << 30);
  for (const layer of layers) {
    tree.add(await readLayer(layer, items, options));
  }
  return tree;
}

async function readLayer(
  layer: Layer,
  items: BaseItems,
  { signal, onProgress, onWarning }: BaseLowerOptions,
): Promise<BaseItem[]> {
  let bytes = 0;
  const entries = layerEntries(layer, {
    work: WORK,
    ...(signal && { signal }),
    onBytes(read) {
      bytes = read;
      onProgress?.(layer, read);
    },
  });
  try {
    return await items.of(entries);
  } catch (error) {
    if (bytes > 0 || !isMissing(layer, error)) throw readError(layer, error);
    onWarning?.(unknownLayer(layer));
    return [];
  }
}

/** Whether a layer is one that may not be distributed, and so is not there. */
function isMissing({ descriptor }: Layer, error: unknown): boolean {
  return descriptor !== undefined &&
    isNonDistributable(descriptor.mediaType) &&
    error instanceof ScratchbuildError &&
    (error.code === "REGISTRY" || error.code === "ARCHIVE");
}

function unknownLayer({ digest }: Layer) {
  return {
    path: digest,
    code: "BASE",
    message: `the layer ${digest} of the base image may not be distributed ` +
      "and is not there, so that what is in it is not known: directories of " +
      "it get mode 0755 and owner 0:0 where something is put into them",
  } as const;
}

/** Says which layer it was. What sources fail with names it already. */
function readError({ digest }: Layer, error: unknown): unknown {
  if (!(error instanceof ScratchbuildError) || !isDamage(error)) return error;
  const why = error.message.replace(/^Cannot [^:]+: /, "");
  return new ScratchbuildError(
    `Cannot read the layer ${digest} of the base image: ${why}`,
    { code: error.code, cause: error },
  );
}
