import type { Location } from "../../machine/location.ts";
import { openSource } from "../../machine/open_source.ts";
import { openTarget } from "../../machine/open_target.ts";
import type { ImageSource } from "../../target/image_source.ts";
import type { ImageTarget } from "../../target/image_target.ts";
import type { CliContext } from "../context.ts";
import type { TransferFlags } from "../flags/transfer_flags.ts";
import type { Notices } from "../notices.ts";
import { type OpenUploads, openUploads } from "../open_uploads.ts";
import { credentialsFor, machineCredentials } from "./credentials_for.ts";
import { registryOptions } from "./registry_options.ts";

/** The places of a transfer that are ready. */
export interface OpenTransfer {
  /** Where it is read, in the order of the locations. */
  readonly sources: readonly ImageSource[];
  /** Where it goes. */
  readonly target: ImageTarget;
  /** The uploads that another run could go on with. */
  readonly uploads: OpenUploads;
}

/**
 * Opens the places that are read and the one that is written. A password of the
 * flags, and leave to speak plain HTTP, are for the registry that is written:
 * other registries are read with what this machine knows. Where none is written,
 * they are for the one that is read.
 *
 * @throws {ScratchbuildError} Where it is certain by now that one of them cannot
 * be read or written.
 */
export async function openTransfer(
  { sources, target }: {
    readonly sources: readonly Location[];
    readonly target: Location;
  },
  flags: TransferFlags,
  context: CliContext,
  notices: Notices,
): Promise<OpenTransfer> {
  const { concurrency, "insecure-source": insecureSource } = flags;
  const told = { onWarning: notices.warn };
  const meant = new Set(
    (target.kind === "registry" ? [target] : sources).flatMap((location) =>
      registryOf(location) ?? []
    ),
  );
  const credentials = await credentialsFor([...meant], flags, context, told);
  if (target.kind === "registry") {
    // A helper that is locked shall not be found out about after the reading.
    const { registry, repository } = target.reference;
    const { signal } = context;
    await credentials(registry, { repository, access: "push", signal });
  }
  const options = registryOptions(flags, context, notices);
  const { insecure: _, ...elsewhere } = options;
  const others = {
    ...elsewhere,
    credentials: machineCredentials(context, told),
  };
  const uploads = openUploads(context);
  return {
    sources: sources.map((location) => {
      const registry = registryOf(location);
      return openSource(location, {
        ...(registry === undefined || meant.has(registry)
          ? { ...options, credentials }
          : others),
        ...(insecureSource && { insecure: true }),
        stdin: context.stdin,
      });
    }),
    target: openTarget(target, {
      ...options,
      credentials,
      journal: uploads,
      ...(concurrency !== undefined && { concurrency }),
    }),
    uploads,
  };
}

function registryOf(location: Location): string | undefined {
  return location.kind === "registry" ? location.reference.registry : undefined;
}
