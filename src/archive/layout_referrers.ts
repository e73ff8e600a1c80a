import type { ManifestDocument } from "../image/document.ts";
import { referrersTag } from "../registry/pull/referrers_tag.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import type { Index } from "../spec/manifest.ts";
import type { ImageSource } from "../target/image_source.ts";
import { isManifestType } from "../spec/check_manifest.ts";
import { distinct, entriesOf } from "./layout_index.ts";

/**
 * What of a layout refers to a manifest: the entries of `index.json` that say
 * so, and what the index under the tag for it names.
 *
 * @throws What the layout fails with.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers}
 */
export async function layoutReferrers(
  layout: Pick<ImageSource, "manifest">,
  index: Index,
  digest: Digest,
): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  for (const entry of distinct(index.manifests)) {
    if (entry.digest === digest || !isManifestType(entry.mediaType)) continue;
    const { mediaType } = entry;
    const document = await layout.manifest(entry.digest, { mediaType });
    if (document.value.subject?.digest === digest) {
      found.push(referrer(document));
    }
  }
  for (const entry of distinct(entriesOf(index, referrersTag(digest)))) {
    const document = await layout.manifest(entry.digest);
    if (document.kind === "index") found.push(...document.value.manifests);
  }
  return distinct(found);
}

/** A manifest as lists of referrers have it. */
function referrer({ descriptor, ...document }: ManifestDocument): Descriptor {
  const { artifactType, annotations } = document.value;
  const type = artifactType ??
    (document.kind === "manifest"
      ? document.value.config.mediaType
      : undefined);
  return {
    ...descriptor,
    ...(type !== undefined && { artifactType: type }),
    ...(annotations && { annotations }),
  };
}
