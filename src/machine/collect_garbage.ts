import type { SealOptions } from "../image/seal_layer.ts";

type OnProgress = NonNullable<SealOptions["onProgress"]>;

/** Bytes packed between two collections, 32 MiB. */
const INTERVAL = 1 << 25;

/** What Bun offers. */
interface WithBun {
  Bun?: { gc(synchronous: boolean): unknown };
}

/**
 * Follows the progress of packing and has Bun free the blocks that are done
 * with. Its engine counts the few objects but not well the megabyte behind each
 * of them: left alone, it lets a hundred megabytes pile up. A collection takes
 * some milliseconds. Other runtimes need no help.
 *
 * @param onProgress Is told the progress as before.
 */
export function collectingGarbage(
  onProgress: OnProgress | undefined,
): OnProgress | undefined {
  const { Bun } = globalThis as WithBun;
  if (!Bun) return onProgress;
  let next = INTERVAL;
  return (bytes, total) => {
    if (bytes >= next) {
      next = bytes + INTERVAL;
      Bun.gc(true);
    }
    onProgress?.(bytes, total);
  };
}
