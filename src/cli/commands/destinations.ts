import { resolve } from "node:path";
import { type Location, parseLocation } from "../../machine/location.ts";
import { DEFAULT_TAG } from "../../registry/familiar_name.ts";
import { isTag } from "../../registry/reference.ts";
import { quoted, usageError } from "../parse/usage_error.ts";

/** A place that the image goes to. */
export interface Destination {
  /** Where it is. */
  readonly location: Location;
  /** All tags that the image gets there. */
  readonly tags: readonly string[];
}

/**
 * Reads the locations, and refuses what could not be written.
 *
 * @param command The command: `push` takes a registry and nothing else.
 * @param further Tags that the image gets besides those of the locations.
 * @throws {ScratchbuildError} Code `USAGE` or `REFERENCE_SYNTAX`.
 */
export function destinations(
  command: "build" | "push",
  texts: readonly string[],
  further: readonly string[],
): Destination[] {
  const wrong = further.find((tag) => !isTag(tag));
  if (wrong !== undefined) {
    throw usageError(
      `Cannot use --tag ${quoted(wrong)}: a tag has up to 128 letters, ` +
        "digits, '.', '_' and '-', and begins with a letter, a digit or '_'",
    );
  }
  const found: Destination[] = [];
  for (const text of texts) {
    const location = parseLocation(text);
    if (command === "push" && location.kind !== "registry") {
      throw usageError(
        `Cannot push to ${quoted(text)}: push takes a reference to a ` +
          "registry; for everything else there is scratchbuild build -o",
      );
    }
    const destination = { location, tags: tagsOf(location, further) };
    const same = found.findIndex((other) => isSamePlace(destination, other));
    if (same >= 0) {
      throw usageError(
        `Cannot write to ${quoted(texts[same] ?? "")} and ${quoted(text)}: ` +
          "both are the same place; leave one of them out",
      );
    }
    found.push(destination);
  }
  return found;
}

/** The tags of a location, and with them the further ones. */
function tagsOf(location: Location, further: readonly string[]): string[] {
  const all = (own: string | undefined) => [
    ...new Set([...(own === undefined ? [] : [own]), ...further]),
  ];
  switch (location.kind) {
    case "registry": {
      const { tag, digest } = location.reference;
      const tags = all(tag);
      const isUnnamed = tags.length === 0 && digest === undefined;
      return isUnnamed ? [DEFAULT_TAG] : tags;
    }
    case "docker-archive": {
      const { reference } = location;
      return all(reference && (reference.tag ?? DEFAULT_TAG));
    }
    case "oci":
    case "oci-archive":
      return all(location.tag);
    default:
      return all(undefined);
  }
}

/** Whether one of the two would be written over the other. */
function isSamePlace(a: Destination, b: Destination): boolean {
  const [one, other] = [a.location, b.location];
  if ("path" in one && "path" in other) {
    return resolve(one.path) === resolve(other.path) &&
      !(one.kind === "oci" && other.kind === "oci" && one.tag !== other.tag);
  }
  if (one.kind === "registry" && other.kind === "registry") {
    return one.reference.registry === other.reference.registry &&
      one.reference.repository === other.reference.repository &&
      a.tags[0] === b.tags[0];
  }
  return one.kind === other.kind;
}
