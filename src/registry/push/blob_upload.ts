import type { ImageBlob } from "../../image/image_blobs.ts";
import type { Repository } from "../repository.ts";
import type { NotedSource } from "./noted_source.ts";
import type { UploadKey } from "./upload_journal.ts";
import type { RegistryMemory } from "./upload_memory.ts";
import type { UploadWork } from "./upload_options.ts";

/** Bytes on their way into a repository, whose digest may not be known yet. */
export interface UploadPlace {
  /** Where they go. */
  readonly repository: Repository;
  /** What goes there. */
  readonly blob?: ImageBlob;
  /** Its source, as far as it is one that notes what it fails with. */
  readonly noted?: NotedSource;
  /** How, and who is told. */
  readonly options: UploadWork;
  /** What is known of the registry. */
  readonly memory: RegistryMemory;
}

/** A blob on its way into a repository. */
export interface BlobUpload extends UploadPlace {
  /** What goes there. */
  readonly blob: ImageBlob;
}

/** What the headers of every request with bytes of a blob say about them. */
export const OCTETS = { "content-type": "application/octet-stream" } as const;

/**
 * Tells how many bytes of a blob the registry has.
 *
 * @param state `start` before anything was sent.
 */
export function report(
  { blob: { descriptor }, options }: BlobUpload,
  bytes: number,
  state: "start" | "bytes" = "bytes",
): void {
  options.onProgress?.({ descriptor, state, bytes });
}

/** By what a journal knows an upload. */
export function keyOf({ repository, blob }: BlobUpload): UploadKey {
  return { repository: repository.name, digest: blob.descriptor.digest };
}
