import {
  checkAnnotations,
  checkDescriptor,
  dropNulls,
  isMediaType,
  isObject,
  type JsonObject,
} from "./check_descriptor.ts";
import type { Index, Manifest } from "./manifest.ts";
import { mediaTypes } from "./media_types.ts";
import { parseJson, type Refuse } from "./parse_json.ts";

/**
 * Most bytes of a manifest or an index. The specification has registries take
 * as many; what is longer is no manifest, but an attack on the memory of who
 * reads it.
 */
export const MANIFEST_LIMIT: number = 4 * 1024 * 1024;

/** What a manifest or an index says, and what of the two it is. */
export type CheckedManifest =
  & {
    /** Its media type. */
    readonly mediaType: string;
  }
  & (
    | { readonly kind: "manifest"; readonly value: Manifest }
    | { readonly kind: "index"; readonly value: Index }
  );

/** By what {@linkcode checkManifest} judges. */
export interface CheckManifestOptions {
  /**
   * The media type that the document was said to have, without parameters.
   *
   * @default what the document says of itself
   */
  readonly mediaType?: string;
  /**
   * Whether the bytes are those of the digest that stands beside the media type.
   * Then what the document says of itself counts, where it is of the same kind:
   * layouts have been made of images of Docker that name them as those of OCI.
   * A registry has no such excuse.
   *
   * @default {false}
   * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md#media-type-conflicts}
   */
  readonly isPinned?: boolean;
  /** Makes an error of why it is refused, the second half of a sentence. */
  readonly refuse: Refuse;
}

const KINDS: ReadonlyMap<string, "manifest" | "index"> = new Map(
  Object.values(mediaTypes).flatMap(({ manifest, index }) => [
    [manifest, "manifest"] as const,
    [index, "index"] as const,
  ]),
);

/** Whether a media type is that of a manifest or an index that is known here. */
export function isManifestType(mediaType: string): boolean {
  return KINDS.has(mediaType);
}

/** Docker's manifests of before 2016, signed and not. */
const SCHEMA_1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+/;

/**
 * Whether a media type is one that {@linkcode checkManifest} has something to
 * say of: manifests and indexes, and those that it refuses as too old.
 */
export function isKnownType(mediaType: string): boolean {
  return isManifestType(mediaType) || SCHEMA_1.test(mediaType);
}

const OLD = "it is a manifest of the old schema 1, which is not read here. " +
  "Have the image pushed again by a current program";

/**
 * Reads a manifest or an index that comes from outside. Whatever could be taken
 * for both, or says something else of itself than was said of it, is refused:
 * two readers of it would see two images.
 *
 * @throws What `refuse` makes.
 * @see {@link https://github.com/opencontainers/image-spec/security/advisories/GHSA-77vh-xpmg-72qh}
 */
export function checkManifest(
  bytes: Uint8Array,
  { mediaType, isPinned = false, refuse }: CheckManifestOptions,
): CheckedManifest {
  if (SCHEMA_1.test(mediaType ?? "")) throw refuse(OLD);
  const digits = ["size", "schemaVersion"];
  const value = parseJson(bytes, { refuse, digits });
  if (!isObject(value)) throw refuse("it is not a JSON object");
  dropNulls(value, "mediaType", "artifactType", "subject", "annotations");
  if (value.schemaVersion === 1) throw refuse(OLD);
  if (value.schemaVersion !== 2) throw refuse("its schemaVersion is not 2");

  const own = value.mediaType;
  const isConflict = own !== undefined && own !== (mediaType ?? own);
  if (isConflict && !(isPinned && isSameKind(own, mediaType))) {
    throw refuse(
      `it was said to be ${mediaType} and says itself that it is ` +
        (isMediaType(own) ? own : "something else"),
    );
  }
  const type = isConflict ? own : mediaType ?? own;
  if (!isMediaType(type)) throw refuse("it does not say what it is");
  const kind = checkManifestType(type, refuse);
  checkUnambiguous(value, kind, refuse);
  checkMembers(value, kind, refuse);
  return { mediaType: type, kind, value } as unknown as CheckedManifest;
}

/**
 * Checks a media type, for where it is known before the document is.
 *
 * @returns What a document of the type is.
 * @throws What `refuse` makes.
 */
export function checkManifestType(
  mediaType: string,
  refuse: Refuse,
): "manifest" | "index" {
  if (SCHEMA_1.test(mediaType)) throw refuse(OLD);
  const kind = KINDS.get(mediaType);
  if (kind) return kind;
  throw refuse(`manifests of the type ${mediaType} are not known here`);
}

function isSameKind(one: unknown, other: unknown): boolean {
  const kind = KINDS.get(String(one));
  return kind !== undefined && kind === KINDS.get(String(other));
}

/** Some readers take a member for one that differs in upper and lower case. */
function checkUnambiguous(
  value: JsonObject,
  kind: "manifest" | "index",
  refuse: Refuse,
): void {
  const names = new Set(Object.keys(value).map((name) => name.toLowerCase()));
  const foreign = kind === "index"
    ? ["config", "layers", "fslayers"]
    : ["manifests", "fslayers"];
  const found = foreign.find((name) => names.has(name));
  if (found === undefined) return;
  throw refuse(
    `it is ${kind === "index" ? "an index" : "a manifest"} and holds ` +
      `${found} all the same, so that it could be taken for something else`,
  );
}

function checkMembers(
  value: JsonObject,
  kind: "manifest" | "index",
  refuse: Refuse,
): void {
  const { artifactType, subject } = value;
  if (artifactType !== undefined && !isMediaType(artifactType)) {
    // Registries and their clients take an empty one for none.
    if (artifactType !== "") throw refuse("its artifact type is none");
    delete value.artifactType;
  }
  checkAnnotations(value.annotations, "it", refuse);
  if (subject !== undefined) checkDescriptor(subject, "its subject", refuse);
  if (kind === "manifest") checkDescriptor(value.config, "its config", refuse);
  const [list, each] = kind === "index"
    ? ["manifests", "entry"] as const
    : ["layers", "layer"] as const;
  // Go writes a list without entries as null.
  const items = value[list] === null ? [] : value[list];
  if (!Array.isArray(items)) throw refuse(`its ${list} are not a list`);
  value[list] = items.map((item, at) =>
    checkDescriptor(item, `its ${each} ${at + 1}`, refuse)
  );
}
