import type { ByteSource } from "../bytes/byte_source.ts";
import type { Layer } from "../image/container_image.ts";

/** A layer that goes to a target while it is made. */
export interface LayerAhead {
  /**
   * Takes in what there is of the layer, all bytes from the first on, whenever
   * there is more of it: for the option `onKept` of `createLayer`.
   */
  grow(kept: ByteSource): void;

  /** The layer is complete. It is sent to its end, behind the caller's back. */
  finish(layer: Layer): void;

  /** The layer is not wanted. What was sent of it is forgotten. */
  drop(): void;
}

/**
 * Sends layers to a target while they are made, and while others are made.
 * Disposing stops what is under way, and waits until nothing is. It never
 * fails: what could not be sent is sent, or complained about, when the image is
 * written.
 */
export interface LayersAhead extends AsyncDisposable {
  /** Begins with a layer. */
  begin(): LayerAhead;
}
