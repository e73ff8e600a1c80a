import { askStored } from "./ask_session.ts";
import type { BlobUpload } from "./blob_upload.ts";
import { cancelSession } from "./cancel_session.ts";
import { remember } from "./resume_session.ts";
import { chooseWay, type UploadCourse } from "./upload_course.ts";

/**
 * Finds out, after something broke, what a session is still good for: it goes
 * on from what the registry has, or is let go of.
 */
export async function resync(
  upload: BlobUpload,
  course: UploadCourse,
): Promise<void> {
  const { session } = course;
  if (!session) return;
  const stored = session.isMute ? undefined : await askStored(upload, session);
  if (stored === undefined) {
    course.session = undefined;
    return;
  }
  // Where it has less than it had confirmed, or more than it was sent, it is
  // not to be relied on.
  if (stored === 0 || stored < session.offset || stored > session.sent) {
    await drop(upload, course);
    return;
  }
  session.offset = session.sent = stored;
  if (chooseWay(upload, course) === undefined) await drop(upload, course);
  else await remember(upload, session);
}

/** What came of asking a registry that expected other bytes. */
export type Step =
  /** It goes on elsewhere in the blob. */
  | "moved"
  /** It expects the very bytes that it refused. */
  | "same"
  /** There is no telling. */
  | "unknown";

/**
 * Goes on with a blob where the registry says that it wants to. It may be
 * behind what it had confirmed.
 */
export async function fallIntoStep(
  upload: BlobUpload,
  { session }: UploadCourse,
): Promise<Step> {
  if (!session || session.isMute) return "unknown";
  const { offset, sent } = session;
  const stored = await askStored(upload, session);
  if (stored === offset) return "same";
  if (!stored || stored > sent) return "unknown";
  session.offset = session.sent = stored;
  await remember(upload, session);
  return "moved";
}

/** Lets go of a session that the registry still has. */
export async function drop(
  upload: BlobUpload,
  course: UploadCourse,
): Promise<void> {
  const { session } = course;
  course.session = undefined;
  if (session) await cancelSession(upload, session);
}
