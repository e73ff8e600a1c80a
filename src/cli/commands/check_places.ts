import type { Platform } from "../../spec/platform.ts";
import { printable } from "../../spec/printable.ts";
import { usageError } from "../parse/usage_error.ts";
import type { Destination } from "./destinations.ts";

/** What {@linkcode checkPlaces} has to know of what is written. */
export interface PlacesContext {
  /** The platforms that were named. */
  readonly platforms: readonly Platform[];
  /** Whether standard output is a terminal. */
  readonly isTTY: boolean;
}

/**
 * Refuses places that cannot take what is to be written there.
 *
 * @throws {ScratchbuildError} Code `USAGE`.
 */
export function checkPlaces(
  places: readonly Destination[],
  { platforms, isTTY }: PlacesContext,
): void {
  for (const { location } of places) {
    if (location.kind === "stdout" && isTTY) {
      throw usageError(
        "Cannot write the image to a terminal: redirect standard output, " +
          "as in -o - | docker load",
      );
    }
    if (location.kind === "docker-archive" && platforms.length > 1) {
      throw usageError(
        `Cannot write docker-archive:${printable(location.path)} for ` +
          `${platforms.length} platforms: a Docker archive has one image; name ` +
          "one --platform, or use oci-archive:",
      );
    }
  }
}
