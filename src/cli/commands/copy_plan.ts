import { resolve } from "node:path";
import { type Location, parseLocation } from "../../machine/location.ts";
import { DEFAULT_TAG } from "../../registry/familiar_name.ts";
import { isTag } from "../../registry/reference.ts";
import { quoted, usageError } from "../parse/usage_error.ts";
import type { CopyFlags } from "./copy.ts";

/** Something that is to be copied. */
export interface CopySource {
  /** Where it is. */
  readonly location: Location;
  /** The same as it was written, for messages. */
  readonly text: string;
}

/** What is to be copied, and where to. */
export interface CopyPlan {
  /** What is to be copied, in the order of the command. */
  readonly sources: readonly CopySource[];
  /** Where it goes. */
  readonly target: Location;
  /**
   * The tags that it gets there; nothing where it keeps its own.
   */
  readonly tags: readonly string[] | undefined;
}

/**
 * Reads the arguments, and refuses what could not be copied.
 *
 * @throws {ScratchbuildError} Code `USAGE` or `REFERENCE_SYNTAX`.
 */
export function copyPlan(
  args: readonly string[],
  flags: CopyFlags,
): CopyPlan {
  const texts = [...args];
  const last = texts.pop();
  if (last === undefined || texts.length === 0) {
    throw usageError(
      "Cannot copy: name what is copied and where it goes, as in " +
        "scratchbuild copy debian:12 localhost:5000/debian",
    );
  }
  const target = parseLocation(last);
  const sources = texts.map((text) => ({
    text,
    location: parseLocation(text),
  }));
  const further = flags.tag ?? [];
  const own = tagIn(target);
  const isPinned = target.kind === "registry" &&
    target.reference.digest !== undefined;
  checkTags(further);
  if (flags["all-tags"]) checkAllTags(sources);
  if (flags["all-tags"] || sources.length > 1) {
    checkSeveral(target, last, flags, own !== undefined || isPinned);
  }
  if (flags.referrers && holdsOne(target)) {
    throw usageError(
      `Cannot use --referrers with ${quoted(last)}: an archive holds one ` +
        "image; copy to oci:DIR or a registry",
    );
  }
  if (
    sources.filter(({ location }) => location.kind === "stdout").length +
        (flags["password-stdin"] ? 1 : 0) > 1
  ) {
    throw usageError("Cannot read standard input twice; name a file");
  }
  const tags = own !== undefined || isPinned || further.length > 0
    ? [...new Set([...(own === undefined ? [] : [own]), ...further])]
    : undefined;
  for (const source of sources) checkOther(source, { target, tags }, flags);
  if (tags === undefined && !flags["all-tags"] && sources.length > 1) {
    const claimed: ClaimedTags = new Map();
    for (const source of sources) {
      const kept = keptTags(source, target, sourceTag(source.location), false);
      claimTags(claimed, kept, source);
    }
  }
  return { sources, target, tags };
}

/** Which source has which tag at the destination, as it was written. */
export type ClaimedTags = Map<string, string>;

/**
 * Notes the tags that something gets where several things are copied.
 *
 * @throws {ScratchbuildError} Code `USAGE` where another one has it already: the
 * last one would take it from those before.
 */
export function claimTags(
  claimed: ClaimedTags,
  tags: readonly string[],
  { text }: CopySource,
): void {
  for (const tag of tags) {
    const other = claimed.get(tag);
    if (other !== undefined) {
      throw usageError(
        `Cannot copy ${quoted(text)}: its tag ${quoted(tag)} is that of ` +
          `${
            quoted(other)
          }, too; copy one after the other, with a tag of its ` +
          "own for each",
      );
    }
    claimed.set(tag, text);
  }
}

/**
 * The tags of something whose destination names none: its own. What has none is
 * there by its digest alone, where there are several, and where it was asked for
 * by its digest.
 *
 * @param own The tag, where it was found by one.
 * @param isOne Whether nothing else is copied.
 * @throws {ScratchbuildError} Code `USAGE` where it cannot keep its tag.
 */
export function keptTags(
  { location, text }: CopySource,
  target: Location,
  own: string | undefined = sourceTag(location),
  isOne = true,
): string[] {
  const isRegistry = target.kind === "registry";
  if (own === undefined) {
    const isByDigest = location.kind === "registry";
    if (isByDigest || isOne) {
      return isRegistry && !isByDigest ? [DEFAULT_TAG] : [];
    }
    throw usageError(
      `Cannot copy ${quoted(text)} beside others: it names no tag; ` +
        "name one, or copy it on its own",
    );
  }
  // Layouts take names as tags that registries do not.
  if (!isRegistry || isTag(own)) return [own];
  throw usageError(
    `Cannot copy ${quoted(text)} under its tag: ${quoted(own)} is none in a ` +
      "registry; name one behind the destination",
  );
}

/** The tag by which something is found; nothing where it has none, or many. */
export function sourceTag(location: Location): string | undefined {
  if (location.kind !== "registry") return tagIn(location);
  const { tag, digest } = location.reference;
  return tag ?? (digest === undefined ? DEFAULT_TAG : undefined);
}

/** The tag that a location names. */
export function tagIn(location: Location): string | undefined {
  switch (location.kind) {
    case "registry":
      return location.reference.tag;
    case "docker-archive":
      return location.reference && (location.reference.tag ?? DEFAULT_TAG);
    case "oci":
    case "oci-archive":
      return location.tag;
    default:
      return undefined;
  }
}

/**
 * Refuses what is no tag.
 *
 * @throws {ScratchbuildError} Code `USAGE`.
 */
export function checkTags(tags: readonly string[]): void {
  const wrong = tags.find((tag) => !isTag(tag));
  if (wrong === undefined) return;
  throw usageError(
    `Cannot use --tag ${quoted(wrong)}: a tag has up to 128 letters, ` +
      "digits, '.', '_' and '-', and begins with a letter, a digit or '_'",
  );
}

function checkAllTags(sources: readonly CopySource[]): void {
  for (const { location, text } of sources) {
    const isPinned = location.kind === "registry" &&
      location.reference.digest !== undefined;
    if (tagIn(location) === undefined && !isPinned) continue;
    throw usageError(
      `Cannot use --all-tags with ${quoted(text)}: it names one already; ` +
        "leave the tag or the digest out",
    );
  }
}

/** Several images keep their tags, so that there must be room for those. */
function checkSeveral(
  target: Location,
  text: string,
  { tag }: CopyFlags,
  isNamed: boolean,
): void {
  if (holdsOne(target)) {
    throw usageError(
      `Cannot copy several images to ${quoted(text)}: an archive holds one; ` +
        "copy to oci:DIR or a registry",
    );
  }
  if (!isNamed && !tag?.length) return;
  throw usageError(
    "Cannot copy several images under one tag: each keeps its own; leave " +
      (isNamed ? "that of the destination" : "--tag") + " out",
  );
}

/** Whether an archive is meant, which is written in the place of another one. */
function holdsOne({ kind }: Location): boolean {
  return kind !== "registry" && kind !== "oci";
}

/** Refuses to write something over itself. */
function checkOther(
  source: CopySource,
  { target, tags }: Pick<CopyPlan, "target" | "tags">,
  flags: CopyFlags,
): void {
  const { location, text } = source;
  if (!isSamePlace(location, target)) return;
  const isTagged = location.kind === "registry" || location.kind === "oci";
  const own = sourceTag(location);
  const isElsewhere = isTagged && !flags["all-tags"] &&
    tags?.some((tag) => tag !== own);
  const isLess = flags.platform !== undefined && flags.platform !== "all";
  if (isElsewhere || (isTagged && isLess)) return;
  throw usageError(
    `Cannot copy ${quoted(text)} to itself: both are the same place; ` +
      (isTagged ? "name another tag, or another place" : "name another file"),
  );
}

function isSamePlace(a: Location, b: Location): boolean {
  if ("path" in a && "path" in b) return resolve(a.path) === resolve(b.path);
  if (a.kind !== "registry" || b.kind !== "registry") return false;
  return a.reference.registry === b.reference.registry &&
    a.reference.repository === b.reference.repository;
}
