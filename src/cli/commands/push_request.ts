import { usageError } from "../parse/usage_error.ts";
import type { BuildRequest } from "./build_request.ts";
import type { PushFlags } from "./push.ts";
import { seedReference } from "./seed_reference.ts";

/**
 * What `push` is asked to build, and for where: by arguments, or by the flags
 * of the Go program in their place.
 *
 * @throws {ScratchbuildError} Code `USAGE` where something is missing.
 */
export function pushRequest(
  flags: PushFlags,
  args: readonly string[],
): BuildRequest {
  const { dir, name, regurl, vol = [], volume = [] } = flags;
  if (regurl !== undefined && name === undefined) {
    throw usageError(
      "Cannot use --regurl without --name, the repository in that registry",
    );
  }
  const sources = dir === undefined ? [...args] : [dir, ...args];
  const { text: location, insecure } = name === undefined
    ? { text: sources.pop(), insecure: flags.insecure }
    : seedReference(name, regurl, flags.insecure ?? false);
  // A file may name a base, which is enough to build from.
  const mayLack = flags.from !== undefined || flags.config !== undefined;
  if (location === undefined || (sources.length === 0 && !mayLack)) {
    throw usageError(
      "Cannot push: name a directory, file or tar and a reference, " +
        "as in scratchbuild push dist:/app ghcr.io/me/app:1.0",
    );
  }
  const volumes = [...volume, ...vol];
  return {
    command: "push",
    flags: {
      ...flags,
      ...(volumes.length > 0 && { volume: volumes }),
      ...(insecure !== undefined && { insecure }),
    },
    sources,
    locations: [location],
  };
}
