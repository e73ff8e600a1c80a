import { DigestMismatchError } from "../../bytes/digest_mismatch_error.ts";
import { contentsOf, type Publishable } from "../../image/publishable.ts";
import type { Descriptor } from "../../spec/descriptor.ts";
import type { Digest } from "../../spec/digest.ts";
import { isNonDistributable } from "../../spec/media_types.ts";
import type { WriteOptions } from "../../target/image_target.ts";
import type { Reference } from "../reference.ts";
import type { Repository } from "../repository.ts";
import { hasManifest } from "./has_manifest.ts";
import { indexReferrers } from "./index_referrers.ts";
import { lackingOf } from "./lacking_of.ts";
import type { PushAhead } from "./push_ahead.ts";
import { pushBlobs } from "./push_blobs.ts";
import { pushDocument } from "./push_document.ts";
import { sideBySide } from "../../target/side_by_side.ts";
import { UploadMemory } from "./upload_memory.ts";
import type { UploadOptions } from "./upload_options.ts";

/** How an image is pushed. */
export interface PushImageOptions extends UploadOptions {
  /** Where to, in full. */
  readonly reference: Reference;
  /** All tags that it gets, where the one who writes it names none. */
  readonly defaultTags: readonly string[];
  /**
   * How many blobs are sent at the same time.
   *
   * @default {4}
   */
  readonly concurrency?: number;
}

/** How an image is pushed of which something may have been sent already. */
interface PushImageWork extends PushImageOptions, WriteOptions {
  /** What was sent before the image was complete. */
  readonly ahead?: PushAhead;
}

/**
 * Pushes an image, or an index with all that it names, as `Registry.write`
 * says: blobs, then what an index names by digest, and last what the tags name.
 */
export async function pushImage(
  repository: Repository,
  image: Publishable,
  options: PushImageWork,
): Promise<void> {
  const { tags = options.defaultTags, signal, onProgress } = options;
  const { foreignLayers = false, memory = new UploadMemory() } = options;
  const { manifest, manifest: { descriptor } } = image;
  if (options.tags === undefined) checkDigest(descriptor, options);
  const contents = contentsOf(image);
  const work = { ...options, memory, contents, listed: new Set<Digest>() };
  const names = tags.length > 0 ? tags : [descriptor.digest];
  const missing: string[] = [];
  // One after the other, so that the first alone meets a challenge.
  for (const name of names) {
    if (!await hasManifest(repository, name, descriptor, signal)) {
      missing.push(name);
    }
  }
  if (missing.length === 0) {
    await indexReferrers(repository, [manifest], work);
    onProgress?.({ descriptor, state: "present", bytes: 0 });
    return;
  }
  const { blobs, documents } = contentsOf(
    await lackingOf(repository, image, work),
  );
  const sent = blobs.filter((blob) =>
    foreignLayers || !isNonDistributable(blob.descriptor.mediaType)
  );
  await pushBlobs(repository, sent, work);
  const children = documents.slice(0, -1);
  const leaves = children.filter(({ value }) => !("manifests" in value));
  await sideBySide(
    leaves,
    (leaf, signal) => pushDocument(repository, leaf, { ...work, signal }),
    work,
  );
  for (const child of children) {
    if (!leaves.includes(child)) await pushDocument(repository, child, work);
  }
  await pushDocument(repository, manifest, { ...work, names: missing });
  await indexReferrers(repository, contents.documents, work);
}

function checkDigest(
  descriptor: Descriptor,
  { reference }: PushImageOptions,
): void {
  const { digest } = reference;
  if (digest === undefined || digest === descriptor.digest) return;
  throw new DigestMismatchError(
    `Cannot push to ${reference}: the digest of the image is ` +
      `${descriptor.digest}. Leave the digest out`,
    { expected: digest, actual: descriptor.digest },
  );
}
