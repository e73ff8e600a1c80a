import type { ScratchbuildError } from "../../spec/error.ts";
import type { RetryTask } from "../http/retries.ts";
import type { BlobUpload } from "./blob_upload.ts";
import type { UploadWay } from "./upload_memory.ts";
import type { UploadSession } from "./upload_session.ts";

/** What has happened so far to an upload, and how it is to go on. */
export interface UploadCourse {
  /** The session in use; a new one is begun where there is none. */
  session: UploadSession | undefined;
  /** Counts the attempts in a row that brought nothing. */
  readonly task: RetryTask;
  /** Most bytes that were ever confirmed. */
  best: number;
  /** Ways that this blob does not get through by. */
  readonly refused: Set<UploadWay>;
  /** What to tell where no way is left. */
  refusal: ScratchbuildError | undefined;
  /** Whether parts come first, so that a break loses little. */
  inParts: boolean;
  /** Whether the blob was begun anew because something else had arrived. */
  wasCorrupt: boolean;
  /** Sessions that the registry has lost, and parts it did not expect. */
  oddities: number;
}

/**
 * The course of an upload that has not begun. Its task is to be ended.
 *
 * @param session An upload that the registry has begun already.
 */
export function newCourse(
  { repository }: BlobUpload,
  session: UploadSession | undefined,
): UploadCourse {
  const { url, authenticator } = repository;
  return {
    session,
    task: authenticator.transport.retries.task(url.host),
    best: 0,
    refused: new Set(),
    refusal: undefined,
    inParts: false,
    wasCorrupt: false,
    oddities: 0,
  };
}

/**
 * The way to send a blob, or the rest of it.
 *
 * @returns `undefined` where none is left.
 */
export function chooseWay(
  { blob, memory }: BlobUpload,
  { session, refused, inParts, wasCorrupt }: UploadCourse,
): UploadWay | undefined {
  const isOpen = (way: UploadWay) =>
    !refused.has(way) && !memory.refused.has(way) &&
    (way === "parts" || blob.descriptor.size <= memory.maxBody);
  // Something else has arrived: better nothing is put together again.
  const ways: readonly UploadWay[] = inParts && !wasCorrupt
    ? ["parts", "whole", "streamed"]
    : ["whole", "streamed", "parts"];
  const way = ways.find(isOpen);
  if (!session || session.offset === 0) return way;
  // What the registry has can only be added to.
  const mayGoOn = !refused.has("parts") && (!wasCorrupt || way === "parts");
  return mayGoOn ? "parts" : undefined;
}
