import type { Descriptor } from "../spec/descriptor.ts";

/** Tells how far one blob is on its way into a target. */
export interface Progress {
  /** The blob or the manifest. */
  readonly descriptor: Descriptor;
  /**
   * `start` before the first byte, `bytes` on the way, `done` when the target
   * has it; `present` alone where the target had it before.
   */
  readonly state: "start" | "bytes" | "done" | "present";
  /** Bytes sent so far. */
  readonly bytes: number;
}
