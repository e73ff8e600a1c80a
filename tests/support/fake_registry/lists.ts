import { mediaTypes } from "../../../src/spec/media_types.ts";
import { canCheck } from "./digests.ts";
import { errorResponse } from "./error_response.ts";
import { readManifest } from "./read_manifest.ts";
import type { Route } from "./route.ts";
import { type Exchange, hasRepository, type State } from "./state.ts";

/**
 * Lists tags, in the order of their bytes.
 *
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags}
 */
export function listTags(
  state: State,
  { url }: Exchange,
  { repository }: Route,
): Response {
  if (!hasRepository(state, repository)) {
    return errorResponse(404, "NAME_UNKNOWN", "repository unknown");
  }
  const searchParams = state.quirks.unpagedTags
    ? new URLSearchParams()
    : url.searchParams;
  const n = searchParams.get("n");
  if (n !== null && !/^\d+$/.test(n)) {
    return errorResponse(400, "PAGINATION_NUMBER_INVALID", "no such number");
  }
  const last = searchParams.get("last") ?? "";
  const prefix = `${repository}:`;
  const all = [...state.tags.keys()].filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length)).filter((tag) => tag > last).sort();
  const size = Math.min(
    n === null ? Infinity : Number(n),
    state.quirks.pageSize ?? Infinity,
  );
  const tags = all.slice(0, size);
  const next = new URLSearchParams({
    n: String(size),
    last: tags.at(-1) ?? "",
  });
  const isLast = tags.length === all.length || tags.length === 0;
  const isNull = state.quirks.nullTags && tags.length === 0;
  return Response.json({ name: repository, tags: isNull ? null : tags }, {
    headers: isLast ? {} : { link: linkTo(state, url, next) },
  });
}

/**
 * Lists what refers to a manifest, in the order in which it came.
 *
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers}
 */
export function listReferrers(
  state: State,
  { url }: Exchange,
  { repository, name }: Route,
): Response {
  const { quirks, manifests } = state;
  if (quirks.noReferrers) {
    return errorResponse(404, "UNSUPPORTED", "there are no referrers");
  }
  if (!canCheck(name)) {
    return errorResponse(400, "DIGEST_INVALID", "no such digest");
  }
  const wanted = url.searchParams.get("artifactType");
  const isFiltered = wanted !== null && !quirks.noReferrersFilter;
  const all = [...manifests].flatMap(([key, { mediaType, bytes }]) => {
    const at = key.indexOf("@");
    const parts = readManifest(bytes, mediaType);
    if (typeof parts === "string" || key.slice(0, at) !== repository) return [];
    const { artifactType, annotations, subject } = parts;
    if (subject?.digest !== name) return [];
    if (isFiltered && artifactType !== wanted) return [];
    return [{
      mediaType,
      digest: key.slice(at + 1),
      size: bytes.byteLength,
      ...artifactType === undefined ? {} : { artifactType },
      ...annotations === undefined ? {} : { annotations },
    }];
  });
  const start = Number(url.searchParams.get("start") ?? "0");
  const end = start + (quirks.pageSize ?? Infinity);
  const next = new URLSearchParams({ start: String(end) });
  if (wanted !== null) next.set("artifactType", wanted);
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.oci.index,
    manifests: all.slice(start, end),
  };
  return new Response(JSON.stringify(index), {
    headers: {
      "content-type": mediaTypes.oci.index,
      ...isFiltered ? { "oci-filters-applied": "artifactType" } : {},
      ...end < all.length ? { link: linkTo(state, url, next) } : {},
    },
  });
}

function linkTo(
  { quirks }: State,
  url: URL,
  next: URLSearchParams,
): string {
  const path = `${url.pathname}?${next}`;
  switch (quirks.link) {
    case "absolute":
      return `<${url.origin}${path}>; rel="next"`;
    case "loop":
      return `<${url.pathname}${url.search}>; rel="next"`;
    case "otherHost":
      return `<https://elsewhere.test${path}>; rel="next"`;
    case undefined:
      return `<${path}>; rel="next"`;
  }
}
