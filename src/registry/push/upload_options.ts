import type { WriteOptions } from "../../target/image_target.ts";
import type { TransportOptions } from "../http/transport.ts";
import type { UploadJournal } from "./upload_journal.ts";
import type { UploadMemory } from "./upload_memory.ts";

/** How blobs are uploaded. */
export interface UploadOptions extends Pick<TransportOptions, "random"> {
  /**
   * Repositories of the same registry, `me/base`, that may have some of the
   * blobs: the registry is asked to take them from there. Of a blob that comes
   * from the registry, the repository that it comes from is asked first.
   *
   * @default {[]}
   */
  readonly mountFrom?: readonly string[];
  /**
   * Remembers interrupted uploads for the next run.
   *
   * @default none are remembered
   */
  readonly journal?: UploadJournal;
  /**
   * What was learned about registries in this run.
   *
   * @default {new UploadMemory()}
   */
  readonly memory?: UploadMemory;
}

/** How blobs are uploaded, and who is told and may stop it. */
export type UploadWork = UploadOptions & WriteOptions;
