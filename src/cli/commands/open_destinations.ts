import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { openSource } from "../../machine/open_source.ts";
import { openTarget } from "../../machine/open_target.ts";
import { Registry } from "../../machine/registry.ts";
import { checkFileTarget } from "../../machine/write_whole.ts";
import type { RegistryOptions } from "../../registry/registry.ts";
import type { ImageSource } from "../../target/image_source.ts";
import type { ImageTarget } from "../../target/image_target.ts";
import { usageError } from "../parse/usage_error.ts";
import type { BuildFlags } from "./build_flags.ts";
import type { Destination } from "./destinations.ts";

/** A destination that is ready to be written. */
export interface OpenDestination extends Destination {
  /** Writes images there. */
  readonly target: ImageTarget;
  /** Reads what is there already, where that may be of use. */
  readonly source?: ImageSource;
}

/**
 * Opens the targets, one after the other in their order: what is in a registry
 * by then need not be sent to its next repository.
 *
 * @param options How registries are spoken to.
 * @throws {ScratchbuildError} Where it is certain by now that one of them cannot
 * be written.
 */
export function openDestinations(
  places: readonly Destination[],
  flags: BuildFlags,
  options: RegistryOptions,
): OpenDestination[] {
  const { concurrency, tag: tags = [], "metadata-file": file } = flags;
  if (file !== undefined) {
    checkFileTarget(file);
    const isTaken = ({ location }: Destination) =>
      "path" in location && resolve(location.path) === resolve(file);
    if (places.some(isTaken)) {
      throw usageError(
        `Cannot write ${file}: it is both the image and the --metadata-file`,
      );
    }
  }
  return places.map((place, index) => {
    const target = openTarget(place.location, {
      ...options,
      tags,
      access: "push",
      mountFrom: repositoriesBeside(place, places.slice(0, index)),
      ...(concurrency !== undefined && { concurrency }),
    });
    const source = sourceOf(place, target);
    return { ...place, target, ...(source && { source }) };
  });
}

/** An archive is written anew as a whole, so there is nothing in its place. */
function sourceOf(
  { location }: Destination,
  target: ImageTarget,
): ImageSource | undefined {
  if (target instanceof Registry) return target;
  const isThere = location.kind === "oci" && existsSync(location.path);
  return isThere ? openSource(location) : undefined;
}

/** Other repositories of the same registry that have the image by then. */
function repositoriesBeside(
  { location }: Destination,
  earlier: readonly Destination[],
): string[] {
  if (location.kind !== "registry") return [];
  const { registry, repository } = location.reference;
  const beside = earlier.flatMap(({ location }) =>
    location.kind === "registry" && location.reference.registry === registry &&
      location.reference.repository !== repository
      ? [location.reference.repository]
      : []
  );
  return [...new Set(beside)];
}
