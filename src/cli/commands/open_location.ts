import type { Location } from "../../machine/location.ts";
import { openSource } from "../../machine/open_source.ts";
import type { ImageSource } from "../../target/image_source.ts";
import type { CliContext } from "../context.ts";
import type { ReadFlags } from "../flags/read_flags.ts";
import type { Notices } from "../notices.ts";
import { credentialsFor } from "./credentials_for.ts";
import { registryOptions } from "./registry_options.ts";

/**
 * Opens locations that are read. Credentials are looked up for all of their
 * registries together: a password of a flag is for one alone.
 *
 * @throws {ScratchbuildError} Code `USAGE` for flags that contradict each other,
 * code `ARCHIVE` where it is certain by now that nothing can be read there.
 */
export async function openLocations(
  locations: readonly Location[],
  flags: ReadFlags,
  context: CliContext,
  notices: Notices,
): Promise<ImageSource[]> {
  const registries = new Set(
    locations.flatMap((location) =>
      location.kind === "registry" ? [location.reference.registry] : []
    ),
  );
  const credentials = await credentialsFor([...registries], flags, context, {
    onWarning: notices.warn,
  });
  const options = {
    ...registryOptions(flags, context, notices),
    credentials,
    stdin: context.stdin,
  };
  return locations.map((location) => openSource(location, options));
}
