import type { ImageBlob } from "../../image/image_blobs.ts";
import type { Repository } from "../repository.ts";
import { pushBlob, type PushBlobOptions } from "./push_blob.ts";
import {
  sideBySide,
  type SideBySideOptions,
} from "../../target/side_by_side.ts";

/** How blobs are pushed. */
export type PushBlobsOptions = PushBlobOptions & SideBySideOptions;

/**
 * Pushes blobs, several at the same time. Where one fails the others are
 * stopped, and nothing goes on behind the error.
 *
 * @throws The error of the blob that failed first, as {@linkcode pushBlob}.
 */
export async function pushBlobs(
  repository: Repository,
  blobs: readonly ImageBlob[],
  options: PushBlobsOptions,
): Promise<void> {
  await sideBySide(
    blobs,
    (blob, signal) => pushBlob(repository, blob, { ...options, signal }),
    options,
  );
}
