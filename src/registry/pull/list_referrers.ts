import type { Descriptor } from "../../spec/descriptor.ts";
import { type Digest, parseDigest } from "../../spec/digest.ts";
import { checkManifest } from "../../spec/check_manifest.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { mediaTypes } from "../../spec/media_types.ts";
import type { Refuse } from "../../spec/parse_json.ts";
import type { ReferrersOptions } from "../../target/image_source.ts";
import { discard } from "../http/capped_body.ts";
import { RegistryError } from "../registry_error.ts";
import type { Repository } from "../repository.ts";
import { contentType } from "./content_headers.ts";
import type { RegistryDocument } from "./get_document.ts";
import { getManifest } from "./get_manifest.ts";
import { pagesOf } from "./pages.ts";
import { referrersTag } from "./referrers_tag.ts";

const INDEX = mediaTypes.oci.index;
/** Answers of registries that do not have the referrers API. */
const MISSING: ReadonlySet<number> = new Set([404, 405]);

/** Lists what refers to a manifest, as `Registry.referrers` says. */
export async function* listReferrers(
  repository: Repository,
  digest: Digest,
  { artifactType, signal }: ReferrersOptions,
): AsyncGenerator<Descriptor, void, undefined> {
  const what = `list what refers to ${repository.name}@${parseDigest(digest)}`;
  const refuse: Refuse = (why) =>
    new ScratchbuildError(
      `Cannot ${what}: of what the registry answered, ${why}`,
      { code: "REGISTRY" },
    );
  const url = new URL(`referrers/${digest}`, repository.url);
  if (artifactType !== undefined) {
    url.searchParams.set("artifactType", artifactType);
  }
  const isWanted = (descriptor: Descriptor) =>
    artifactType === undefined || descriptor.artifactType === artifactType;
  const request = { url, what, accept: INDEX, signal };
  const pages = pagesOf(repository, request);
  const first = await orMissing(pages.next());
  if (!first?.value || !isIndex(first.value)) {
    yield* (await taggedReferrers(repository, digest, refuse, signal))
      .filter(isWanted);
    return;
  }
  for (let page: RegistryDocument | void = first.value; page;) {
    const { bytes, headers } = page;
    const checked = checkManifest(bytes, { mediaType: INDEX, refuse });
    if (checked.kind !== "index") throw refuse("it is no index");
    const { manifests } = checked.value;
    const applied = headers.get("oci-filters-applied");
    const isFiltered = isFilterApplied(applied, "artifactType");
    yield* isFiltered ? manifests : manifests.filter(isWanted);
    page = (await pages.next()).value;
  }
}

/**
 * Whether a registry has filtered a list.
 *
 * @param header Its `OCI-Filters-Applied` header.
 * @param name What the list was to be filtered by.
 */
export function isFilterApplied(header: string | null, name: string): boolean {
  return name !== "" &&
    (header ?? "").split(",").some((applied) => applied.trim() === name);
}

/**
 * Whether a registry keeps the list of what refers to a manifest.
 *
 * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
 */
export async function hasReferrersApi(
  repository: Repository,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const answer = await repository.authenticator.send({
    method: "GET",
    url: new URL(`referrers/${parseDigest(digest)}`, repository.url),
    headers: { accept: INDEX },
    signal,
  });
  await discard(answer.response);
  return answer.response.ok && isIndex(answer.response);
}

/** Some registries answer with a page for people where there is no API. */
function isIndex({ headers }: Pick<RegistryDocument, "headers">): boolean {
  const type = contentType(headers);
  return type === undefined || type === INDEX;
}

async function taggedReferrers(
  repository: Repository,
  digest: Digest,
  refuse: Refuse,
  signal: AbortSignal | undefined,
): Promise<readonly Descriptor[]> {
  const tag = referrersTag(digest);
  const found = await orMissing(getManifest(repository, tag, { signal }));
  if (!found) return [];
  if (found.kind === "index") return found.value.manifests;
  throw refuse(`the tag ${tag} is a manifest, where it is to be an index`);
}

/** What was asked for, or `undefined` where the registry has no such thing. */
export async function orMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RegistryError && MISSING.has(error.status)) {
      return undefined;
    }
    throw error;
  }
}
