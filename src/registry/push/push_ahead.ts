import type { Layer } from "../../image/container_image.ts";
import type { ImageBlob } from "../../image/image_blobs.ts";
import type { Digest } from "../../spec/digest.ts";
import { orAborted } from "../../spec/or_aborted.ts";
import type { WriteOptions } from "../../target/image_target.ts";
import type { LayerAhead, LayersAhead } from "../../target/layers_ahead.ts";
import type { Progress } from "../../target/progress.ts";
import type { Repository } from "../repository.ts";
import { GrowingUpload } from "./growing_upload.ts";
import { pushBlob } from "./push_blob.ts";
import { Slots } from "./slots.ts";
import { memoryOf, UploadMemory } from "./upload_memory.ts";
import type { UploadOptions } from "./upload_options.ts";

/** A blob that is sent before the image is complete. */
interface BlobAhead {
  /** Tells what has been told of it, and then all that comes. */
  tellTo(listener: (progress: Progress) => void): void;
  /** Settles when it is over; fails as the sending does. */
  readonly over: Promise<void>;
}

/** How {@linkcode PushAhead} works. */
export interface PushAheadOptions extends UploadOptions {
  /** How many blobs are sent at the same time. */
  readonly concurrency?: number;
}

/**
 * Sends layers to a repository while they are made. Whoever pushes the image
 * asks here what has become of them.
 */
export class PushAhead {
  readonly #repository: Repository;
  readonly #options: PushAheadOptions;
  readonly #slots: Slots;
  readonly #blobs = new Map<Digest, BlobAhead>();

  /**
   * @param repository Where to.
   * @param options How.
   */
  constructor(repository: Repository, options: PushAheadOptions) {
    this.#repository = repository;
    this.#options = options;
    this.#slots = new Slots(options.concurrency ?? 4);
  }

  /** Opens it for the layers of one image. */
  open({ signal: caller }: Pick<WriteOptions, "signal">): LayersAhead {
    const stop = new AbortController();
    const signal = caller
      ? AbortSignal.any([caller, stop.signal])
      : stop.signal;
    const under: Underway = {
      drops: new Set(),
      work: new Set(),
      digests: new Set(),
    };
    return {
      begin: () => this.#begin(signal, under),
      [Symbol.asyncDispose]: async () => {
        stop.abort();
        for (const drop of under.drops) drop();
        await Promise.all(under.work);
        for (const digest of under.digests) this.#blobs.delete(digest);
      },
    };
  }

  /**
   * Waits for a blob that is sent ahead, or pushes it. Either way no more are
   * sent at the same time than may be.
   *
   * @param push Pushes it.
   * @throws What the sending fails with.
   */
  async join(
    { descriptor }: ImageBlob,
    { onProgress, signal }: Pick<WriteOptions, "onProgress" | "signal">,
    push: () => Promise<void>,
  ): Promise<void> {
    const ahead = this.#blobs.get(descriptor.digest);
    if (ahead) {
      ahead.tellTo((progress) => onProgress?.({ ...progress, descriptor }));
      const what = `push to ${this.#repository.name}`;
      return await orAborted(ahead.over, what, signal);
    }
    await this.#slots.wait();
    try {
      await push();
    } finally {
      this.#slots.give();
    }
  }

  #begin(signal: AbortSignal, under: Underway): LayerAhead {
    const repository = this.#repository;
    const { memory: memories = new UploadMemory() } = this.#options;
    const memory = memoryOf(memories, repository.url.host);
    const options = { ...this.#options, signal };
    const growing = new GrowingUpload({ repository, options, memory });
    const slots = this.#slots;
    let hasSlot = false;
    let isOver = false;
    const end = async () => {
      await growing.drop();
      if (hasSlot) slots.give();
    };
    const drop = () => {
      if (isOver) return;
      isOver = true;
      under.work.add(end());
    };
    under.drops.add(drop);
    return {
      grow: (kept) => {
        if (isOver || !(hasSlot || growing.isWorth(kept))) return;
        hasSlot ||= slots.take();
        if (hasSlot) growing.grow(kept);
      },
      finish: (layer) => {
        if (isOver || this.#blobs.has(layer.digest)) return drop();
        isOver = true;
        const sent = sending(async (onProgress) => {
          if (!hasSlot) await slots.wait();
          hasSlot = true;
          try {
            await pushBlob(repository, blobOf(layer), {
              ...options,
              onProgress,
              takeBegun: () => growing.take(),
            });
          } finally {
            await end();
          }
        });
        under.work.add(sent.over.catch(() => {}));
        under.digests.add(layer.digest);
        this.#blobs.set(layer.digest, sent);
      },
      drop,
    };
  }
}

/** What is under way for one image. */
interface Underway {
  readonly drops: Set<() => void>;
  readonly work: Set<Promise<unknown>>;
  readonly digests: Set<Digest>;
}

/** Begins to send, and keeps what is told of it for one who asks later. */
function sending(
  send: (onProgress: (progress: Progress) => void) => Promise<void>,
): BlobAhead {
  let start: Progress | undefined;
  let last: Progress | undefined;
  let listener: (progress: Progress) => void = () => {};
  const over = send((progress) => {
    if (progress.state === "start") start = progress;
    last = progress;
    listener(progress);
  });
  return {
    over,
    tellTo: (next) => {
      listener = next;
      if (start) next(start);
      if (last && last !== start) next(last);
    },
  };
}

function blobOf(layer: Layer): ImageBlob {
  const { digest, size } = layer;
  const mediaType = "application/octet-stream";
  return { descriptor: { mediaType, digest, size }, source: layer };
}
