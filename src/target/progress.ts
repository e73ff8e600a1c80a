import type { Descriptor } from "../spec/descriptor.ts";

/** Tells how far one blob is on its way into a target. */
export interface Progress {
  /** The blob or the manifest. */
  readonly descriptor: Descriptor;
  /**
   * `start` before the first byte, `bytes` on the way, `done` when the target
   * has it; `present` alone where the target had it before, `mounted` alone
   * where it took it from another repository of its own.
   */
  readonly state: "start" | "bytes" | "done" | "present" | "mounted";
  /**
   * Bytes that the target has so far. Where an interrupted upload goes on, the
   * count begins with what the target kept; where it begins anew, at 0.
   */
  readonly bytes: number;
}
