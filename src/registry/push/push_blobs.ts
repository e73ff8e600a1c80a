import type { ImageBlob } from "../../image/image_blobs.ts";
import type { Repository } from "../repository.ts";
import { pushBlob, type PushBlobOptions } from "./push_blob.ts";

/** How blobs are pushed. */
export interface PushBlobsOptions extends PushBlobOptions {
  /**
   * How many blobs are sent at the same time.
   *
   * @default {4}
   */
  readonly concurrency?: number;
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
  const { concurrency = 4 } = options;
  const stop = new AbortController();
  const signal = options.signal
    ? AbortSignal.any([options.signal, stop.signal])
    : stop.signal;
  const failures: unknown[] = [];
  const queue = blobs.values();
  const work = async () => {
    for (const blob of queue) {
      if (failures.length > 0) return;
      try {
        await pushBlob(repository, blob, { ...options, signal });
      } catch (error) {
        failures.push(error);
        stop.abort(error);
      }
    }
  };
  const workers = Math.max(1, Math.min(Math.floor(concurrency), blobs.length));
  await Promise.all(Array.from({ length: workers || 1 }, work));
  if (failures.length > 0) throw failures[0];
}
