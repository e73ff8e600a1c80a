import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ImageOptions } from "../../image/create_image.ts";
import { cacheDirectory } from "../../machine/cache_directory.ts";
import { fileUploadJournal } from "../../machine/upload_journal.ts";
import { UploadMemory } from "../../registry/push/upload_memory.ts";
import { withConfigFile } from "../config_file/with_config_file.ts";
import type { CliContext } from "../context.ts";
import { printable } from "../../spec/printable.ts";
import { imageOptions } from "../image_options.ts";
import type { Notices } from "../notices.ts";
import { OpenUploads } from "../open_uploads.ts";
import { usageError } from "../parse/usage_error.ts";
import { sourceDateEpoch } from "../source_date_epoch.ts";
import { withCheckout } from "../with_checkout.ts";
import type { BuildFlags } from "./build_flags.ts";
import { checkOutside } from "./check_outside.ts";
import { credentialsFor } from "./credentials_for.ts";
import { destinations } from "./destinations.ts";
import { type OpenDestination, openDestinations } from "./open_destinations.ts";
import { planLayers, type PlannedLayer } from "./plan_layers.ts";
import { registryOptions } from "./registry_options.ts";

/** What a command was asked to build. */
export interface BuildRequest {
  /** The command. */
  readonly command: "build" | "push";
  /** Its flags. */
  readonly flags: BuildFlags;
  /** Each `SRC[:DEST]`. */
  readonly sources: readonly string[];
  /** Each LOCATION. */
  readonly locations: readonly string[];
}

/** Everything that has to be known to build; nothing of it is wrong. */
export interface BuildPlan {
  /** The layers, bottom-most first. */
  readonly layers: readonly PlannedLayer[];
  /** What the image is besides its layers. */
  readonly image: Omit<ImageOptions, "layers">;
  /** Where it goes. */
  readonly destinations: readonly OpenDestination[];
  /** The uploads that another run could go on with. */
  readonly uploads: OpenUploads;
}

/**
 * Looks for all that is wrong with a request before any work is done, and
 * before anything is written.
 *
 * @param notices Tells what is odd but does not stop the work.
 * @throws {ScratchbuildError} For the first thing that is wrong.
 */
export async function planBuild(
  request: BuildRequest,
  context: CliContext,
  notices: Notices,
): Promise<BuildPlan> {
  const { command, sources, locations } = request;
  const flags = await withConfigFile(request.flags);
  const { env, stdout } = context.process;
  const epoch = sourceDateEpoch(env);
  const { warn } = notices;
  const described = imageOptions(flags, { epoch, env, warn });
  if (sources.length === 0) {
    throw usageError(
      "Cannot build: name at least one directory, file or tar, " +
        "as in scratchbuild build dist:/app -o app.tar",
    );
  }
  if (locations.length === 0) {
    throw usageError(
      "Cannot build: say where the image goes, as in -o oci-archive:app.tar",
    );
  }
  checkOrder(request);
  const places = destinations(command, locations, flags.tag ?? []);
  if (
    places.some(({ location }) => location.kind === "stdout") && stdout.isTTY
  ) {
    throw usageError(
      "Cannot write the image to a terminal: redirect standard output, " +
        "as in -o - | docker load",
    );
  }
  const layers = planLayers(sources, flags, { epoch, warn });
  checkOutside(
    layers.map(({ path }) => path),
    [
      ...places.flatMap(({ location }) =>
        "path" in location ? [location.path] : []
      ),
      ...(flags["metadata-file"] ? [flags["metadata-file"]] : []),
    ],
  );
  const image = await withCheckout(
    described,
    { flags, sources: layers },
    context,
  );
  const registries = new Set(
    places.flatMap(({ location }) =>
      location.kind === "registry" ? [location.reference.registry] : []
    ),
  );
  const credentials = await credentialsFor([...registries], flags, context, {
    onWarning: warn,
  });
  // A helper that is locked shall not be found out about after the packing.
  for (const { location } of places) {
    if (location.kind !== "registry") continue;
    const { registry, repository } = location.reference;
    const { signal } = context;
    await credentials(registry, { repository, access: "push", signal });
  }
  // Who has no home directory has no cache either, and needs none.
  const journal = fileUploadJournal(() =>
    join(cacheDirectory({ env }), "uploads")
  );
  const uploads = new OpenUploads(journal);
  const memory = new UploadMemory();
  return {
    layers,
    image,
    destinations: openDestinations(places, flags, {
      ...registryOptions(flags, context, notices),
      credentials,
      memory,
      journal: uploads,
    }),
    uploads,
  };
}

/** Looks for `push REFERENCE SRC`, which is the wrong way round. */
function checkOrder({ command, sources, locations }: BuildRequest): void {
  const [source = ""] = sources;
  const [last = ""] = locations;
  if (command !== "push" || existsSync(source) || !existsSync(last)) return;
  throw usageError(
    `Cannot pack ${printable(source)}: it does not exist, and ` +
      `${printable(last)} does; the reference comes last, as in ` +
      "scratchbuild push dist ghcr.io/me/app:1.0",
  );
}
