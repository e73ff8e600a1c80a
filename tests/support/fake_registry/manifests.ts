import { isDigest } from "../../../src/spec/digest.ts";
import { mediaTypes } from "../../../src/spec/media_types.ts";
import { documentKind, misfit } from "../oci_schemas.ts";
import { canCheck, digestBy, hasDigest } from "./digests.ts";
import { errorResponse, refuse } from "./error_response.ts";
import { readBody } from "./read_body.ts";
import { type ManifestParts, readManifest } from "./read_manifest.ts";
import { isTag, type Route } from "./route.ts";
import {
  type Exchange,
  happens,
  isLate,
  lackOfSpace,
  noteStored,
  type State,
} from "./state.ts";
import { tooLarge } from "./store_blob.ts";

/**
 * Most bytes of a manifest.
 *
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests}
 */
const LIMIT = 4 * 1024 * 1024;

/** What is done with manifests. */
export async function answerManifest(
  state: State,
  exchange: Exchange,
  route: Route,
): Promise<Response> {
  const { name } = route;
  if (name.includes(":") ? !canCheck(name) : !isTag(name)) {
    return errorResponse(400, "MANIFEST_INVALID", "neither a tag nor a digest");
  }
  switch (exchange.method) {
    case "HEAD":
    case "GET":
      return getManifest(state, exchange, route);
    case "PUT":
      return await putManifest(state, exchange, route);
    case "DELETE":
      return deleteManifest(state, route);
    default:
      return errorResponse(405, "UNSUPPORTED", "no such method");
  }
}

function getManifest(
  state: State,
  { method, headers }: Exchange,
  { repository, name }: Route,
): Response {
  const { quirks, manifests, tags } = state;
  if (method === "HEAD" && quirks.head) return refuse(quirks.head);
  const digest = isDigest(name) ? name : tags.get(`${repository}:${name}`);
  const key = `${repository}@${digest}`;
  const manifest = manifests.get(key);
  const accepted = (headers.get("accept") ?? "*/*").split(",")
    .map((part) => part.replace(/;.*/s, "").trim());
  const isAccepted = quirks.ignoreAccept || accepted.includes("*/*") ||
    accepted.includes(manifest?.mediaType ?? "");
  if (
    digest === undefined || !manifest || !isAccepted ||
    isLate(state, key)
  ) {
    return method === "HEAD" && quirks.unknownManifestHead
      ? refuse(quirks.unknownManifestHead)
      : errorResponse(404, "MANIFEST_UNKNOWN", "manifest unknown");
  }
  const { bytes, mediaType } = manifest;
  return new Response(bytes.slice(), {
    headers: {
      "content-length": String(bytes.byteLength),
      "content-type": mediaType,
      "docker-content-digest": digest,
    },
  });
}

async function putManifest(
  state: State,
  exchange: Exchange,
  { repository, name }: Route,
): Promise<Response> {
  const { quirks, manifests, tags } = state;
  const { body, headers, url } = exchange;
  if (body === null) {
    return errorResponse(400, "MANIFEST_INVALID", "there is no manifest");
  }
  const { bytes, broken, isTooLong } = await readBody(exchange, LIMIT);
  if (broken !== undefined) throw broken;
  if (isTooLong) return tooLarge();
  const parts = readManifest(bytes, headers.get("content-type") ?? "");
  if (typeof parts === "string") {
    return errorResponse(400, "MANIFEST_INVALID", parts);
  }
  if (isDigest(name) && !hasDigest(bytes, name)) {
    return errorResponse(400, "DIGEST_INVALID", "digest does not match");
  }
  const digest = isDigest(name) ? name : digestBy("sha256", bytes);
  const refused = refusedType(state, parts) ??
    missingPart(state, repository, digest, parts);
  if (refused) return refused;
  const misfits = misfitsOf(state, exchange, repository, bytes, parts);
  if (misfits) return errorResponse(400, "MANIFEST_INVALID", misfits);
  if (quirks.immutableTags && tags.has(`${repository}:${name}`)) {
    const message = `The image tag '${name}' already exists and cannot be ` +
      "overwritten because the repository is immutable";
    return errorResponse(400, "TAG_INVALID", message);
  }
  const lack = lackOfSpace(state, bytes.byteLength);
  if (lack) return refuse(lack);
  const { mediaType, subject } = parts;
  const key = `${repository}@${digest}`;
  manifests.set(key, { mediaType, bytes });
  noteStored(state, key);
  if (!isDigest(name)) tags.set(`${repository}:${name}`, digest);
  return new Response(null, {
    status: quirks.manifestStatus ?? 201,
    headers: {
      location: `${url.pathname}`.replace(/[^/]+$/, digest),
      "docker-content-digest": digest,
      ...subject && !quirks.noReferrers && !quirks.noSubjectHeader
        ? { "oci-subject": subject.digest }
        : {},
    },
  });
}

/**
 * What a JSON schema finds wrong with a manifest of scratchbuild's, or with its
 * configuration: whatever a test looks at, these have to fit.
 */
function misfitsOf(
  { blobs }: State,
  { headers }: Exchange,
  repository: string,
  bytes: Uint8Array,
  { mediaType, config }: ManifestParts,
): string | undefined {
  // The tests of this registry ask it with manifests of nothing.
  if (!headers.get("user-agent")?.startsWith("scratchbuild/")) return undefined;
  const kind = documentKind(mediaType);
  const wrong = kind && misfit(kind, bytes);
  if (wrong || !config) return wrong;
  const blob = blobs.get(`${repository}@${config.digest}`);
  const configKind = documentKind(config.mediaType);
  return blob && configKind && misfit(configKind, blob);
}

function refusedType(
  { quirks }: State,
  { mediaType, config, blobs, manifests }: ManifestParts,
): Response | undefined {
  const { manifestTypes, configTypes, pureFormats } = quirks;
  const refusal = (message: string) =>
    errorResponse(400, "MANIFEST_INVALID", message);
  if (manifestTypes && !manifestTypes.includes(mediaType)) {
    return refusal(`${mediaType} is not supported`);
  }
  if (configTypes && config && !configTypes.includes(config.mediaType)) {
    return refusal(`${config.mediaType} is not supported`);
  }
  const { oci, docker } = mediaTypes;
  const own = Object.values(oci).includes(mediaType) ? oci : docker;
  const foreign = Object.values(own === oci ? docker : oci);
  const isMixed = [...blobs, ...manifests]
    .some((part) => foreign.includes(part.mediaType));
  return pureFormats && isMixed
    ? refusal("a mixture of media types")
    : undefined;
}

/** The answer to a manifest that names what is not there. */
function missingPart(
  state: State,
  repository: string,
  digest: string,
  parts: ManifestParts,
): Response | undefined {
  const { quirks } = state;
  const missing = [
    ...parts.blobs.filter((part) =>
      !state.blobs.has(`${repository}@${part.digest}`)
    ),
    ...parts.manifests.filter((part) =>
      !quirks.sparseIndexes &&
      !state.manifests.has(`${repository}@${part.digest}`)
    ),
  ];
  const isLate = happens(
    state,
    `references of ${digest}`,
    quirks.lateReferences,
  );
  const late = parts.config ?? parts.manifests[0];
  const [first = isLate ? late : undefined] = missing;
  const isManifest = first !== undefined && parts.manifests.includes(first);
  return first
    ? Response.json({
      errors: [{
        code: isManifest && quirks.unknownChildren
          ? "MANIFEST_UNKNOWN"
          : "MANIFEST_BLOB_UNKNOWN",
        message: "blob unknown to registry",
        detail: { digest: first.digest },
      }],
    }, { status: 400 })
    : undefined;
}

function deleteManifest(
  { quirks, manifests, tags }: State,
  { repository, name }: Route,
): Response {
  if (quirks.deletes) return refuse(quirks.deletes);
  const isThere = isDigest(name)
    ? manifests.delete(`${repository}@${name}`)
    : tags.delete(`${repository}:${name}`);
  if (!isThere) {
    return errorResponse(404, "MANIFEST_UNKNOWN", "manifest unknown");
  }
  for (const [tag, digest] of tags) {
    const isOfIt = tag.startsWith(`${repository}:`) && digest === name;
    if (isOfIt) tags.delete(tag);
  }
  return new Response(null, { status: 202 });
}
