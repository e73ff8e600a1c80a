import { createDocument } from "../../image/create_document.ts";
import type { Document } from "../../image/document.ts";
import type { Descriptor } from "../../spec/descriptor.ts";
import type { Digest } from "../../spec/digest.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import type { Index, Manifest } from "../../spec/manifest.ts";
import { mediaTypes } from "../../spec/media_types.ts";
import { getManifest } from "../pull/get_manifest.ts";
import { hasReferrersApi, orMissing } from "../pull/list_referrers.ts";
import { referrersTag } from "../pull/referrers_tag.ts";
import { RegistryError } from "../registry_error.ts";
import type { Repository } from "../repository.ts";
import { pause } from "./pause.ts";
import { putManifest } from "./put_manifest.ts";
import type { UploadWork } from "./upload_options.ts";

/** How {@linkcode indexReferrers} works. */
export interface IndexReferrersOptions
  extends Pick<UploadWork, "signal" | "random"> {
  /** Digests of what the registry lists as a referrer by itself. */
  readonly listed: ReadonlySet<Digest>;
}

/** How often an entry is added that others have overwritten. */
const ATTEMPTS = 5;

/**
 * Lists what was pushed and has a `subject` in the index under the tag of that,
 * where the registry keeps no list of referrers. One after the other: those of
 * one subject share the index.
 *
 * @throws {RegistryError} Where the registry refuses.
 * @throws {ScratchbuildError} Code `REGISTRY` where the tag names no index, or
 * others keep overwriting it; code `NETWORK` or `ABORTED`.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject}
 */
export async function indexReferrers(
  repository: Repository,
  documents: readonly Document<Manifest | Index>[],
  options: IndexReferrersOptions,
): Promise<void> {
  const { listed, signal } = options;
  for (const { descriptor, value } of documents) {
    const { subject } = value;
    if (!subject || listed.has(descriptor.digest)) continue;
    // Some keep the list and do not say so.
    if (await hasReferrersApi(repository, subject.digest, signal)) continue;
    await add(repository, subject.digest, entryOf(descriptor, value), options);
  }
}

/** How an index lists a referrer. */
function entryOf(
  { mediaType, digest, size }: Descriptor,
  value: Manifest | Index,
): Descriptor {
  const { annotations } = value;
  const artifactType = value.artifactType ||
    ("config" in value ? value.config.mediaType : undefined);
  return {
    mediaType,
    digest,
    size,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations && { annotations }),
  };
}

/**
 * Adds an entry, and looks whether it stays: nothing keeps another from writing
 * the index between our reading and our writing it.
 */
async function add(
  repository: Repository,
  subject: Digest,
  entry: Descriptor,
  options: IndexReferrersOptions,
): Promise<void> {
  const { signal } = options;
  const tag = referrersTag(subject);
  const { digest } = entry;
  const refuse = (why: string) =>
    new ScratchbuildError(
      `Cannot list ${digest} among what refers to ` +
        `${repository.name}@${subject}: ${why}`,
      { code: "REGISTRY" },
    );
  for (let failures = 0;; failures++) {
    const found = await orMissing(getManifest(repository, tag, { signal }));
    if (found?.kind === "manifest") {
      throw refuse(
        `the tag ${tag} names a manifest, where an index is to be. ` +
          "Delete that tag, and push again",
      );
    }
    const { manifests = [], ...rest } = found?.value ?? {};
    if (manifests.some((known) => known.digest === digest)) return;
    if (failures === ATTEMPTS) {
      throw refuse(
        `the index ${tag} is overwritten again and again. Push again, when ` +
          "nobody else pushes what refers to it",
      );
    }
    if (failures > 0) await pause(repository, { ...options, failures });
    const { index } = mediaTypes.oci;
    const document = await createDocument<Index>(
      found?.descriptor.mediaType ?? index,
      {
        mediaType: index,
        schemaVersion: 2,
        ...rest,
        manifests: [...manifests, entry],
      },
    );
    const outcome = await putManifest(repository, tag, document, signal);
    if (outcome instanceof RegistryError) throw outcome;
  }
}
