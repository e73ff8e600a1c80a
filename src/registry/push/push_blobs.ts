import type { ImageBlob } from "../../image/image_blobs.ts";
import type { Repository } from "../repository.ts";
import type { PushAhead } from "./push_ahead.ts";
import { pushBlob, type PushBlobOptions } from "./push_blob.ts";
import {
  sideBySide,
  type SideBySideOptions,
} from "../../target/side_by_side.ts";

/** How blobs are pushed. */
export interface PushBlobsOptions extends PushBlobOptions, SideBySideOptions {
  /** What is sent already. */
  readonly ahead?: PushAhead;
}

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
  const { ahead } = options;
  await sideBySide(
    blobs,
    async (blob, signal) => {
      const work = { ...options, signal };
      const push = () => pushBlob(repository, blob, work);
      await (ahead ? ahead.join(blob, work, push) : push());
    },
    options,
  );
}
