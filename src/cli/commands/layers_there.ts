import type { Layer } from "../../image/container_image.ts";
import type { ReusableLayers } from "../../image/reusable_layers.ts";
import { RegistryError } from "../../registry/registry_error.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { type Platform, platformOf } from "../../spec/platform.ts";
import { printable } from "../../spec/printable.ts";
import { pull } from "../../transfer/pull.ts";
import type { BuildPlan } from "./plan_build.ts";
import type { PlannedImage } from "./plan_images.ts";
import type { ReusableImage } from "./reusable_images.ts";

/** What is around {@linkcode layersThere}. */
export interface ReuseSurroundings {
  /** Ends the work. */
  readonly signal: AbortSignal;
  /** Tells what is odd but does not stop the work. */
  readonly warn: (text: string) => void;
}

/**
 * Begins to ask for the layers of images, manifests and configurations only, and
 * gives them when they are there. Of an index, the images for the same platforms
 * are looked at.
 *
 * @returns Nothing where no layer may be another one than is made now.
 */
export function layersThere(
  { reused: places, images, flags }: BuildPlan,
  surroundings: ReuseSurroundings,
): ReusableLayers | undefined {
  const isFixed = flags["compression-level"] !== undefined ||
    flags.compression === "gzip:stream";
  // Also where nothing is packed, nobody would be asked for it.
  if (isFixed || images.every(({ layers }) => layers.length === 0)) {
    return undefined;
  }
  const asked = Promise.all(
    places.map((place) => layersAt(place, images, surroundings)),
  ).then((lists) => lists.flat());
  // Nobody may be waiting for it yet.
  asked.catch(() => {});
  return () => asked;
}

async function layersAt(
  { source, name, isAsked }: ReusableImage,
  images: readonly PlannedImage[],
  { signal, warn }: ReuseSurroundings,
): Promise<Layer[]> {
  const layers: Layer[] = [];
  let failure: unknown;
  try {
    const root = await source.manifest(name, { signal });
    const platforms = root.kind === "index"
      ? images.map(platformFor)
      : [undefined];
    for (const platform of platforms) {
      try {
        const options = { root, signal, ...(platform && { platform }) };
        layers.push(...(await pull(source, options)).layers);
      } catch (error) {
        failure ??= error;
      }
    }
  } catch (error) {
    failure = error;
  }
  if (failure === undefined || layers.length > 0) return layers;
  if (signal.aborted || (isUnreachable(failure) && !isAsked)) throw failure;
  if (isRefusal(failure) && !isAsked) throw asPush(failure, source.name);
  if (isAsked) {
    warn(
      `no layer of ${printable(source.name)} is reused: ` +
        (failure instanceof Error ? failure.message : String(failure)),
    );
  }
  return layers;
}

function platformFor({ base, options }: PlannedImage): Platform {
  return options.platform ?? (base && platformOf(base.config.value)) ??
    { os: "linux", architecture: "amd64" };
}

/** Then the image could not be sent there either. */
function isUnreachable(error: unknown): boolean {
  return error instanceof ScratchbuildError && error.code === "NETWORK";
}

/** Nor then: who may write and not read is told so by 403. */
function isRefusal(error: unknown): error is RegistryError {
  return error instanceof RegistryError && error.status === 401;
}

/** The refusal in the words of what the person wants. */
function asPush(refusal: RegistryError, name: string): RegistryError {
  const { message, status, errors } = refusal;
  const text = message.replace(/^Cannot get \S+: /, `Cannot push to ${name}: `);
  return new RegistryError(text, { status, errors, cause: refusal });
}
