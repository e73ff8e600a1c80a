import type { Descriptor } from "../../../src/spec/descriptor.ts";
import { isDigest } from "../../../src/spec/digest.ts";
import { mediaTypes } from "../../../src/spec/media_types.ts";

/** What a registry has to know of a manifest or an index. */
export interface ManifestParts {
  readonly mediaType: string;
  readonly artifactType: string | undefined;
  readonly annotations: unknown;
  readonly subject: Descriptor | undefined;
  readonly config: Descriptor | undefined;
  /** Blobs that it names, those left out that others give away. */
  readonly blobs: readonly Descriptor[];
  /** Manifests that it names. */
  readonly manifests: readonly Descriptor[];
}

const { oci, docker } = mediaTypes;
const INDEXES: ReadonlySet<string> = new Set([oci.index, docker.index]);
const MANIFESTS: ReadonlySet<string> = new Set([
  ...INDEXES,
  oci.manifest,
  docker.manifest,
]);

/**
 * Reads a manifest, or says what is wrong with it.
 *
 * @param contentType Media type that it is said to have.
 */
export function readManifest(
  bytes: Uint8Array,
  contentType: string,
): ManifestParts | string {
  if (!MANIFESTS.has(contentType)) return "not the media type of a manifest";
  const document = parse(bytes);
  if (!document) return "no JSON object";
  const { schemaVersion, mediaType = contentType } = document;
  if (schemaVersion !== 2) return "schemaVersion is not 2";
  if (mediaType !== contentType) return "mediaType is not the Content-Type";
  if ("manifests" in document && "layers" in document) {
    return "both layers and manifests";
  }
  const isIndex = INDEXES.has(contentType);
  const { config, subject } = document;
  const children = isIndex ? document.manifests : document.layers;
  if (!Array.isArray(children) || !children.every(isDescriptor)) {
    return `no ${isIndex ? "manifests" : "layers"}`;
  }
  if (!isIndex && !isDescriptor(config)) return "no config";
  if (subject !== undefined && !isDescriptor(subject)) return "no subject";
  const own = isDescriptor(config) ? config : undefined;
  return {
    mediaType: contentType,
    artifactType: typeof document.artifactType === "string"
      ? document.artifactType
      : own?.mediaType,
    annotations: document.annotations,
    subject,
    config: own,
    blobs: isIndex
      ? []
      : [...own ? [own] : [], ...children.filter(isDistributable)],
    manifests: isIndex ? children : [],
  };
}

function parse(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function isDescriptor(value: unknown): value is Descriptor {
  const { mediaType, digest, size } = (value ?? {}) as Record<string, unknown>;
  return typeof mediaType === "string" && typeof digest === "string" &&
    isDigest(digest) && Number.isSafeInteger(size) && Number(size) >= 0;
}

/** Foreign layers lie elsewhere, as Docker's older Windows images have them. */
function isDistributable({ mediaType }: Descriptor): boolean {
  return !/nondistributable|foreign/.test(mediaType);
}
