import { withConfigFile } from "../config_file/with_config_file.ts";
import type { CliContext } from "../context.ts";
import { imageOptions } from "../image_options.ts";
import { DEFAULT_PLATFORM, imagePlatforms } from "../image_platforms.ts";
import type { Notices } from "../notices.ts";
import type { OpenUploads } from "../open_uploads.ts";
import type { Reporter } from "../progress/reporter.ts";
import { showAsking } from "../progress/show_asking.ts";
import { sourceDateEpoch } from "../source_date_epoch.ts";
import { withCheckout } from "../with_checkout.ts";
import type { BuildFlags } from "./build_flags.ts";
import { type BuildRequest, checkRequest } from "./build_request.ts";
import { checkOutside } from "./check_outside.ts";
import { checkPlaces } from "./check_places.ts";
import { destinations } from "./destinations.ts";
import type { OpenDestination } from "./open_destinations.ts";
import { type ReusableImage, reusableImages } from "./reusable_images.ts";
import { openPlaces } from "./open_places.ts";
import { baseLocation, pullBases, reuseLocations } from "./plan_base.ts";
import { planImages, type PlannedImage } from "./plan_images.ts";
import { planLayers } from "./plan_layers.ts";

/** Everything that has to be known to build; nothing of it is wrong. */
export interface BuildPlan {
  /** The flags, with those of a file. */
  readonly flags: BuildFlags;
  /** The images, one for each platform, in their order. */
  readonly images: readonly PlannedImage[];
  /** Where they go. */
  readonly destinations: readonly OpenDestination[];
  /** Images whose layers need not be made again. */
  readonly reused: readonly ReusableImage[];
  /** The uploads that another run could go on with. */
  readonly uploads: OpenUploads;
}

/** What {@linkcode planBuild} tells others. */
export interface PlanTelling {
  /** Shows that a registry is waited for. */
  readonly reporter: Reporter;
  /** Tells what is odd but does not stop the work. */
  readonly notices: Notices;
}

/**
 * Looks for all that is wrong with a request before any work is done, and
 * before anything is written.
 *
 * @throws {ScratchbuildError} For the first thing that is wrong.
 */
export async function planBuild(
  request: BuildRequest,
  context: CliContext,
  { reporter, notices }: PlanTelling,
): Promise<BuildPlan> {
  const { command, sources, locations } = request;
  const flags = await withConfigFile(request.flags);
  const { env, stdout } = context.process;
  const epoch = sourceDateEpoch(env);
  const { warn } = notices;
  const described = imageOptions(flags, { epoch, env, warn });
  const platforms = imagePlatforms(flags);
  const from = baseLocation(flags);
  const others = reuseLocations(flags);
  checkRequest(request, from !== undefined);
  const places = destinations(command, locations, flags.tag ?? []);
  checkPlaces(places, { platforms, isTTY: stdout.isTTY ?? false });
  const layers = planLayers(sources, flags, {
    epoch,
    warn,
    platforms: from || platforms.length > 0 ? platforms : [DEFAULT_PLATFORM],
  });
  const packed = [...new Set(layers.flat())];
  checkOutside(
    [
      ...packed.map(({ path }) => path),
      // A layout is added to, and keeps the base.
      ...(from && "path" in from && from.kind !== "oci" ? [from.path] : []),
    ],
    [
      ...places.flatMap(({ location }) =>
        "path" in location ? [location.path] : []
      ),
      ...(flags["metadata-file"] ? [flags["metadata-file"]] : []),
    ],
  );
  const settings = await withCheckout(
    described,
    { flags, sources: packed },
    context,
  );
  const { base, destinations: opened, reused, uploads } = await openPlaces(
    { places, base: from, reused: others },
    flags,
    context,
    notices,
  );
  const answered = from?.kind === "registry"
    ? showAsking(from.reference.registry, reporter)
    : () => {};
  const { signal } = context;
  const bases = base ? await pullBases(base, platforms, { flags, signal }) : [];
  answered();
  const wanted = { flags, settings, platforms, layers, bases };
  const images = await planImages(wanted);
  return {
    flags,
    images,
    destinations: opened,
    reused: reusableImages(opened, reused),
    uploads,
  };
}
