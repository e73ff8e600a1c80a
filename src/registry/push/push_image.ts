import { DigestMismatchError } from "../../bytes/digest_mismatch_error.ts";
import type { ContainerImage } from "../../image/container_image.ts";
import { type ImageBlob, imageBlobs } from "../../image/image_blobs.ts";
import { isNonDistributable } from "../../spec/media_types.ts";
import type { WriteOptions } from "../../target/image_target.ts";
import type { Progress } from "../../target/progress.ts";
import { DEFAULT_TAG } from "../familiar_name.ts";
import type { Reference } from "../reference.ts";
import type { RegistryError } from "../registry_error.ts";
import type { Repository } from "../repository.ts";
import { hasManifest } from "./has_manifest.ts";
import { pause } from "./pause.ts";
import { pushBlobs } from "./push_blobs.ts";
import { putManifest } from "./put_manifest.ts";
import { UploadMemory } from "./upload_memory.ts";
import type { UploadOptions } from "./upload_options.ts";

/** How an image is pushed. */
export interface PushImageOptions extends UploadOptions {
  /** Where to, in full. */
  readonly reference: Reference;
  /** All tags that it gets. */
  readonly tags: readonly string[];
  /**
   * How many blobs are sent at the same time.
   *
   * @default {4}
   */
  readonly concurrency?: number;
}

/** How often a manifest is sent whose blobs the registry says it lacks. */
const ATTEMPTS = 5;

/** Pushes an image, as `Registry.write` says. */
export async function pushImage(
  repository: Repository,
  image: ContainerImage,
  options: PushImageOptions & WriteOptions,
): Promise<void> {
  const { reference, tags, signal, onProgress } = options;
  const { descriptor } = image.manifest;
  const { digest } = reference;
  if (digest !== undefined && digest !== descriptor.digest) {
    throw new DigestMismatchError(
      `Cannot push to ${reference}: the digest of the image is ` +
        `${descriptor.digest}. Leave the digest out`,
      { expected: digest, actual: descriptor.digest },
    );
  }
  const names = tags.length > 0 ? tags : [digest ?? DEFAULT_TAG];
  const missing: string[] = [];
  // One after the other, so that the first alone meets a challenge.
  for (const name of names) {
    if (!await hasManifest(repository, name, descriptor, signal)) {
      missing.push(name);
    }
  }
  if (missing.length === 0) {
    onProgress?.({ descriptor, state: "present", bytes: 0 });
    return;
  }
  const { memory = new UploadMemory() } = options;
  const work = { ...options, memory };
  const blobs = imageBlobs(image)
    .filter((blob) => !isNonDistributable(blob.descriptor.mediaType));
  await pushBlobs(repository, blobs, work);
  onProgress?.({ descriptor, state: "start", bytes: 0 });
  for (const name of missing) {
    await putUntilKnown(repository, name, image, blobs, work);
  }
  onProgress?.({ descriptor, state: "done", bytes: descriptor.size });
}

/**
 * Puts the manifest. Where the registry says that it lacks a blob, it may not
 * know yet that it has it, or have lost it; it is given time, and what it lacks.
 */
async function putUntilKnown(
  repository: Repository,
  name: string,
  image: ContainerImage,
  blobs: readonly ImageBlob[],
  options: PushImageOptions & WriteOptions,
): Promise<void> {
  for (let failures = 1;; failures++) {
    const refusal = await putManifest(repository, name, image, options.signal);
    if (!refusal) return;
    if (!lacksBlob(refusal) || failures === ATTEMPTS) throw refusal;
    await pause(repository, { ...options, failures });
    // It has just said that it has them; some need time to hear of it.
    if (failures === 1) continue;
    const onProgress = unlessPresent(options.onProgress);
    await pushBlobs(repository, blobs, { ...options, onProgress });
    if (failures === 2) continue;
    // It says that it has them, and that it has not: those that it names are
    // sent once more.
    const words = JSON.stringify(refusal.errors);
    const named = blobs.filter((blob) =>
      words.includes(blob.descriptor.digest)
    );
    await pushBlobs(repository, named, { ...options, asksFirst: false });
  }
}

function lacksBlob({ errors }: RegistryError): boolean {
  return errors.some(({ code }) =>
    code === "MANIFEST_BLOB_UNKNOWN" || code === "BLOB_UNKNOWN"
  );
}

/** What was told of a blob before is not told again. */
function unlessPresent(
  onProgress: ((progress: Progress) => void) | undefined,
): ((progress: Progress) => void) | undefined {
  return onProgress &&
    ((progress) => {
      if (progress.state !== "present") onProgress(progress);
    });
}
