import { RegistryError } from "../registry_error.ts";
import { type BlobUpload, report } from "./blob_upload.ts";
import { cancelSession } from "./cancel_session.ts";
import { openSession } from "./open_session.ts";
import { overcome } from "./overcome.ts";
import { remember, resumeSession } from "./resume_session.ts";
import { isNetworkError, type Setback } from "./setback.ts";
import { chooseWay, newCourse } from "./upload_course.ts";
import type { UploadWay } from "./upload_memory.ts";
import { uploadParts } from "./upload_parts.ts";
import type { UploadSession } from "./upload_session.ts";
import { uploadStreamed } from "./upload_streamed.ts";
import { uploadWhole } from "./upload_whole.ts";

const SEND: Readonly<
  Record<
    UploadWay,
    (
      upload: BlobUpload,
      session: UploadSession,
    ) => Promise<Setback | undefined>
  >
> = { whole: uploadWhole, streamed: uploadStreamed, parts: uploadParts };

/**
 * Uploads a blob: goes on where an earlier run was interrupted, sends it in the
 * way that the registry takes, and goes on from what the registry has where
 * something comes in between.
 *
 * @param begun An upload that the registry has begun already.
 * @throws {RegistryError} Where the registry refuses.
 * @throws {DigestMismatchError} Where it says that it got something else.
 * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
 * @throws What reading the blob fails with.
 */
export async function uploadBlob(
  upload: BlobUpload,
  begun?: UploadSession,
): Promise<void> {
  const course = newCourse(upload, begun);
  try {
    const { wasBegun, session } = await resumeSession(upload);
    course.inParts = wasBegun;
    // Of two, the one goes on that has more of the blob.
    const goesOn = session && session.offset >= (begun?.offset ?? 0);
    const left = goesOn ? begun : session;
    if (goesOn) course.session = session;
    else if (begun) await remember(upload, begun);
    if (left) await cancelSession(upload, left);
    let state: "start" | "bytes" = "start";
    if (!goesOn && begun && begun.offset > 0) {
      // What was sent ahead was not interrupted.
      report(upload, 0, state);
      state = "bytes";
    }
    while (true) {
      const session = course.session ??= await beginSession(upload);
      report(upload, session.offset, state);
      state = "bytes";
      // Where another blob has used up the ways, this one finds out for itself.
      const way = chooseWay(upload, course) ?? "whole";
      const setback = await SEND[way](upload, session);
      if (!setback || await overcome(upload, course, way, setback)) return;
    }
  } catch (error) {
    await leave(upload, course.session, error);
    throw error;
  } finally {
    course.task.end();
  }
}

async function beginSession(upload: BlobUpload): Promise<UploadSession> {
  const session = await openSession(upload);
  await remember(upload, session);
  return session;
}

/** Leaves a session to the next run, or to nobody. */
async function leave(
  upload: BlobUpload,
  session: UploadSession | undefined,
  error: unknown,
): Promise<void> {
  const isKept = upload.options.journal && session && session.offset > 0;
  // What the source fails with says nothing of the registry.
  const isHopeless = !upload.noted?.failure && (isNetworkError(error) ||
    (error instanceof RegistryError && [401, 403].includes(error.status)));
  if (session && !isKept && !isHopeless) await cancelSession(upload, session);
}
