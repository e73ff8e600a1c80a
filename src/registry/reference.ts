import { type Digest, isDigest } from "../spec/digest.ts";
import { ReferenceSyntaxError } from "./reference_syntax_error.ts";

/** Names an image in a registry, in full. */
export interface Reference {
  /** Host of the registry, with its port where there is one: `docker.io`. */
  readonly registry: string;
  /** Path of the repository in the registry: `library/ubuntu`. */
  readonly repository: string;
  /** Tag, where the text had one. */
  readonly tag?: string;
  /** Digest, where the text had one. */
  readonly digest?: Digest;
  /** The reference in full: `docker.io/library/ubuntu:22.04`. */
  toString(): string;
}

/** Every text within the limits of its parts is far shorter. */
const MAX_LENGTH = 1024;
const MAX_REPOSITORY_LENGTH = 255;

const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
const HOST = new RegExp(
  `^(?:${LABEL}(?:\\.${LABEL})*|\\[[A-Fa-f0-9:]+\\])(?::[0-9]+)?$`,
);
const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST_ALGORITHM = /^sha(?:256|384|512):/;
const IMAGE_ID = /^[a-f0-9]{64}$/;

/** What makes a text a tag, as the second half of a sentence. */
export const TAG_GRAMMAR =
  "up to 128 letters, digits, '_', '.' and '-', and does not begin with '.' or '-'";

/** Whether a text is a tag. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/**
 * Reads a reference, `[host[:port]/]path[:tag][@digest]`, and completes it the
 * way Docker does: `ubuntu` is `docker.io/library/ubuntu`. No tag is invented.
 *
 * @example
 * ```ts
 * import { parseReference } from "@x/scratchbuild";
 *
 * const { registry, repository, tag } = parseReference("ubuntu:22.04");
 * console.log(registry, repository, tag); // docker.io library/ubuntu 22.04
 * ```
 *
 * @throws {ReferenceSyntaxError} Where the text is not a reference.
 * @see {@link https://github.com/distribution/reference/blob/v0.6.0/reference.go} for the grammar
 */
export function parseReference(text: string): Reference {
  const fail = (why: string) => new ReferenceSyntaxError(text, why);
  if (text === "") throw fail("it is empty");
  if (text.length > MAX_LENGTH) {
    throw fail(`it is longer than ${MAX_LENGTH} characters`);
  }
  if (text.includes("://")) throw fail("it is not a URL, leave out the scheme");
  if (IMAGE_ID.test(text)) throw fail("64 hex digits are an image ID");

  const { name, tag, digest } = cut(text);
  const [registry, repository] = completeName(name);
  if (!HOST.test(registry)) {
    throw fail(`${quote(registry)} is not a host with or without a port`);
  }
  if (repository === "") throw fail("it names no repository");
  const lower = repository.toLowerCase();
  if (repository !== lower) {
    const added = name.endsWith(repository) ? "" : "library/";
    throw fail(
      "a repository has no upper-case letters, write " +
        quote(lower.slice(added.length)),
    );
  }
  if (repository.length > MAX_REPOSITORY_LENGTH) {
    throw fail(
      `the repository is longer than ${MAX_REPOSITORY_LENGTH} characters`,
    );
  }
  const bad = repository.split("/").find((part) => !COMPONENT.test(part));
  if (bad !== undefined) {
    throw fail(
      `${quote(bad)} is not part of a repository name, which takes a-z and ` +
        "0-9, joined by one '.', one or two '_', or any number of '-'",
    );
  }
  if (tag !== undefined && !isTag(tag)) {
    throw fail(`${quote(tag)} is not a tag, which takes ${TAG_GRAMMAR}`);
  }
  if (digest === undefined) return new FullReference(registry, repository, tag);
  if (!DIGEST_ALGORITHM.test(digest) || !isDigest(digest)) {
    throw fail(
      `${quote(digest)} is not a digest, which is sha256: and ` +
        "64 lower-case hex digits",
    );
  }
  return new FullReference(registry, repository, tag, digest);
}

function quote(part: string): string {
  return JSON.stringify(part.length > 80 ? `${part.slice(0, 80)}…` : part);
}

class FullReference implements Reference {
  readonly registry: string;
  readonly repository: string;
  declare readonly tag?: string;
  declare readonly digest?: Digest;

  constructor(
    registry: string,
    repository: string,
    tag?: string,
    digest?: Digest,
  ) {
    this.registry = registry;
    this.repository = repository;
    if (tag !== undefined) this.tag = tag;
    if (digest !== undefined) this.digest = digest;
  }

  toString(): string {
    return referenceText(this);
  }
}

/** Puts a reference together from its parts, whatever they hold. */
export function referenceText(
  { registry, repository, tag, digest }: Reference,
): string {
  return `${registry}/${repository}` + (tag === undefined ? "" : `:${tag}`) +
    (digest === undefined ? "" : `@${digest}`);
}

function cut(text: string): { name: string; tag?: string; digest?: string } {
  const at = text.indexOf("@");
  const named = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const colon = named.lastIndexOf(":");
  // A colon before the last slash belongs to the port.
  if (colon <= named.lastIndexOf("/")) return { name: named, digest };
  return { name: named.slice(0, colon), tag: named.slice(colon + 1), digest };
}

/** Splits off the registry; Docker Hub where the name does not begin with one. */
function completeName(name: string): [registry: string, repository: string] {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = first === "localhost" || /[.:]/.test(first) ||
    first !== first.toLowerCase();
  let registry = isHost ? first : "docker.io";
  const repository = isHost ? name.slice(slash + 1) : name;
  if (registry === "index.docker.io") registry = "docker.io";
  const isOfficial = registry === "docker.io" && !repository.includes("/") &&
    repository !== "";
  return [registry, isOfficial ? `library/${repository}` : repository];
}
