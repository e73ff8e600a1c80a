import type { Location } from "../../machine/location.ts";
import { openSource } from "../../machine/open_source.ts";
import { UploadMemory } from "../../registry/push/upload_memory.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import type { ImageSource } from "../../target/image_source.ts";
import type { CliContext } from "../context.ts";
import type { Notices } from "../notices.ts";
import { type OpenUploads, openUploads } from "../open_uploads.ts";
import type { BuildFlags } from "./build_flags.ts";
import { credentialsFor, machineCredentials } from "./credentials_for.ts";
import type { Destination } from "./destinations.ts";
import { type OpenDestination, openDestinations } from "./open_destinations.ts";
import { registryOptions } from "./registry_options.ts";

/** The places of a build that are ready. */
export interface OpenPlaces {
  /** Where the image goes. */
  readonly destinations: readonly OpenDestination[];
  /** Where its base is read, where it has one. */
  readonly base?: ImageSource;
  /** Where further layers may be that need not be made again. */
  readonly reused: readonly ImageSource[];
  /** The uploads that another run could go on with. */
  readonly uploads: OpenUploads;
}

/**
 * Opens where an image goes to and where its base is. A password of the flags,
 * and leave to speak plain HTTP, are for the registry that it goes to: a base of
 * another one is read with what this machine knows, and by https but for
 * `--insecure-source`. Where it goes to no registry, they are for that of the
 * base. What layers are reused from is read as a base is.
 *
 * @throws {ScratchbuildError} Where it is certain by now that one of them cannot
 * be written or read.
 */
export async function openPlaces(
  { places, base, reused }: {
    readonly places: readonly Destination[];
    readonly base: Location | undefined;
    readonly reused: readonly Location[];
  },
  flags: BuildFlags,
  context: CliContext,
  notices: Notices,
): Promise<OpenPlaces> {
  const { signal } = context;
  const told = { onWarning: notices.warn };
  const registries = new Set(
    places.flatMap(({ location }) => registryOf(location) ?? []),
  );
  const from = base && registryOf(base);
  if (registries.size === 0 && from !== undefined) registries.add(from);
  const credentials = await credentialsFor(
    [...registries],
    flags,
    context,
    told,
  );
  // A helper that is locked shall not be found out about after the packing.
  for (const { location } of places) {
    if (location.kind !== "registry") continue;
    const { registry, repository } = location.reference;
    await credentials(registry, { repository, access: "push", signal });
  }
  const uploads = openUploads(context);
  const memory = new UploadMemory();
  const options = registryOptions(flags, context, notices);
  const { insecure: _, ...elsewhere } = options;
  const { stdin } = context;
  const read = (location: Location) => {
    const registry = registryOf(location);
    const isMeant = registry === undefined || registries.has(registry);
    return openSource(location, {
      ...(isMeant ? options : elsewhere),
      ...(flags["insecure-source"] && { insecure: true }),
      credentials: isMeant ? credentials : machineCredentials(context, told),
      stdin,
    });
  };
  return {
    destinations: openDestinations(places, flags, {
      ...options,
      credentials,
      memory,
      journal: uploads,
    }),
    ...(base && { base: read(base) }),
    reused: reused.flatMap((location) => {
      try {
        return [read(location)];
      } catch (error) {
        // The next build may find what this one does not.
        if (!(error instanceof ScratchbuildError)) throw error;
        notices.warn(`no layer is reused: ${error.message}`);
        return [];
      }
    }),
    uploads,
  };
}

function registryOf(location: Location): string | undefined {
  return location.kind === "registry" ? location.reference.registry : undefined;
}
