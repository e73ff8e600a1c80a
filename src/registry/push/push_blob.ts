import type { ImageBlob } from "../../image/image_blobs.ts";
import type { Repository } from "../repository.ts";
import type { BlobUpload } from "./blob_upload.ts";
import { hasBlob } from "./has_blob.ts";
import { cancelSession } from "./cancel_session.ts";
import { mountBlob } from "./mount_blob.ts";
import { notedSource } from "./noted_source.ts";
import { forget } from "./resume_session.ts";
import { uploadBlob } from "./upload_blob.ts";
import { memoryOf, UploadMemory } from "./upload_memory.ts";
import type { UploadWork } from "./upload_options.ts";
import type { UploadSession } from "./upload_session.ts";

/** How a blob is pushed. */
export interface PushBlobOptions extends UploadWork {
  /**
   * Whether the registry is asked for it first.
   *
   * @default {true}
   */
  readonly asksFirst?: boolean;
  /**
   * Gives an upload of it that was begun ahead, and is called where it has to
   * be uploaded.
   */
  readonly takeBegun?: () => Promise<UploadSession | undefined>;
}

/**
 * Puts a blob into a repository, unless it is there: asked for by HEAD, taken
 * from another repository, or uploaded.
 *
 * @throws {RegistryError} Where the registry refuses.
 * @throws {DigestMismatchError} Where it says that it got something else.
 * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
 * @throws What reading the blob fails with.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs}
 */
export async function pushBlob(
  repository: Repository,
  blob: ImageBlob,
  options: PushBlobOptions,
): Promise<void> {
  const { signal, onProgress, memory = new UploadMemory() } = options;
  const { descriptor } = blob;
  // The runtimes know how to send a Blob, whose bytes hardly fail to come.
  const noted = blob.source instanceof Blob
    ? undefined
    : notedSource(blob.source);
  const upload: BlobUpload = {
    repository,
    blob: noted ? { ...blob, source: noted } : blob,
    noted,
    options,
    memory: memoryOf(memory, repository.url.host),
  };
  const { asksFirst = true } = options;
  if (asksFirst && await hasBlob(repository, descriptor, signal)) {
    await forget(upload);
    onProgress?.({ descriptor, state: "present", bytes: 0 });
    return;
  }
  const mounted = asksFirst ? await mountBlob(upload) : undefined;
  if (mounted === "mounted") {
    await forget(upload);
    onProgress?.({ descriptor, state: "mounted", bytes: 0 });
    return;
  }
  const begun = await options.takeBegun?.();
  if (begun && mounted) await cancelSession(upload, mounted);
  await uploadBlob(upload, begun ?? mounted);
  await forget(upload);
  onProgress?.({ descriptor, state: "done", bytes: descriptor.size });
}
