import type { Descriptor } from "../spec/descriptor.ts";

/** What a target would do with a blob or a document. */
export interface PlannedContent {
  /** The blob or the document. */
  readonly descriptor: Descriptor;
  /**
   * `present` where the target has it, `mountable` where another repository of
   * the registry has it, `new` where its bytes would be sent.
   */
  readonly state: "present" | "mountable" | "new";
}
