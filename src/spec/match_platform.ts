import type { Descriptor } from "./descriptor.ts";
import type { Index } from "./manifest.ts";
import type { Platform } from "./platform.ts";

/** The variant that is meant where none is named, by architecture. */
const usualVariants: ReadonlyMap<string, string> = new Map([
  ["amd64", "v1"],
  ["arm", "v7"],
  ["arm64", "v8"],
]);

/**
 * How well an image for one platform fits another one, as containerd judges it:
 * `arm/v7` runs what is for `arm/v6`, `amd64/v3` what is for `amd64`; `arm64` is
 * `arm64/v8` and `arm` is `arm/v7`. Another architecture never fits, though some
 * processors run two of them.
 *
 * @param wanted What the image is to run on.
 * @param offered What the image is for.
 * @returns 0 for the very same, more for what fits less well, `undefined` for
 * what does not fit.
 * @see {@link https://github.com/containerd/platforms/blob/v1.0.0/compare.go}
 */
export function platformDistance(
  wanted: Platform,
  offered: Platform,
): number | undefined {
  if (
    wanted.os !== offered.os || wanted.architecture !== offered.architecture ||
    !fitsVersion(wanted["os.version"], offered["os.version"]) ||
    !fitsFeatures(wanted["os.features"], offered["os.features"])
  ) return undefined;
  const [from, to] = [variantOf(wanted), variantOf(offered)];
  if (from === to) return 0;
  if (!usualVariants.has(wanted.architecture)) {
    return from === "" ? 1 : undefined;
  }
  const steps = levelOf(from) - levelOf(to);
  return steps > 0 ? steps : undefined;
}

/**
 * Chooses from an index what fits a platform best; of what fits equally well,
 * what stands first.
 *
 * @returns `undefined` where nothing fits.
 */
export function matchPlatform(
  { manifests }: Pick<Index, "manifests">,
  wanted: Platform,
): Descriptor | undefined {
  let best: Descriptor | undefined;
  let least = Infinity;
  for (const descriptor of manifests) {
    const { platform } = descriptor;
    const distance = platform && platformDistance(wanted, platform);
    if (distance === undefined || distance >= least) continue;
    best = descriptor;
    least = distance;
  }
  return best;
}

function variantOf({ architecture, variant = "" }: Platform): string {
  if (variant === "") return usualVariants.get(architecture) ?? "";
  // Some write 8 for v8.
  return /^\d$/.test(variant) ? `v${variant}` : variant;
}

/** A number that grows with what a processor can; `NaN` for what is no level. */
function levelOf(variant: string): number {
  const [, major, minor = "0"] = /^v(\d{1,2})(?:\.(\d{1,2}))?$/.exec(variant) ??
    [];
  return major === undefined ? NaN : Number(major) * 100 + Number(minor);
}

/** Windows runs what was made for the same build: three of four numbers. */
function fitsVersion(wanted = "", offered = ""): boolean {
  if (wanted === "" || offered === "" || wanted === offered) return true;
  const build = (version: string) => version.split(".").slice(0, 3).join(".");
  const isBuild = wanted.split(".").length === 4;
  return isBuild
    ? build(wanted) === build(offered)
    : offered.startsWith(`${wanted}.`);
}

function fitsFeatures(
  wanted: readonly string[] = [],
  offered: readonly string[] = [],
): boolean {
  return wanted.every((feature) => offered.includes(feature));
}
