import { resolveLocation } from "../http/location.ts";
import { askStored } from "./ask_session.ts";
import { type BlobUpload, keyOf } from "./blob_upload.ts";
import { isNetworkError } from "./setback.ts";
import { newSession, type UploadSession } from "./upload_session.ts";

/** Fewest bytes of a blob whose upload is worth remembering. */
const RESUMABLE_SIZE = 4 * 1024 * 1024;

/** What a journal knows of an upload. */
export interface ResumedUpload {
  /** Whether an earlier run had begun it. */
  readonly wasBegun: boolean;
  /** The session, where the registry has something of the blob. */
  readonly session?: UploadSession;
}

/**
 * Looks for the upload of an earlier run, and asks the registry how much of the
 * blob it has. What the journal says is a hint; the place that it names is
 * judged as if the registry had just named it.
 */
export async function resumeSession(
  upload: BlobUpload,
): Promise<ResumedUpload> {
  const { repository, blob, options: { journal } } = upload;
  const { size } = blob.descriptor;
  const record = size < RESUMABLE_SIZE
    ? undefined
    : await journal?.load(keyOf(upload));
  if (!record) return { wasBegun: false };
  const { url: registry, authenticator } = repository;
  const { allowHosts } = authenticator.transport;
  const options = { registry, allowHosts };
  const { url } = resolveLocation(registry, record.location, options);
  if (!url) return { wasBegun: true };
  const session = newSession(url);
  try {
    const stored = await askStored(upload, session) ?? 0;
    // One that has less than it had confirmed is not to be relied on.
    if (stored === 0 || stored < record.offset || stored > size) {
      return { wasBegun: true };
    }
    session.offset = session.sent = stored;
    return { wasBegun: true, session };
  } catch (error) {
    if (isNetworkError(error)) return { wasBegun: true };
    throw error;
  }
}

/** Keeps what is known of an upload for the next run. */
export async function remember(
  upload: BlobUpload,
  { url, offset }: UploadSession,
): Promise<void> {
  const { journal } = upload.options;
  if (upload.blob.descriptor.size < RESUMABLE_SIZE) return;
  await journal?.save(keyOf(upload), { location: url.href, offset });
}

/** Forgets an upload that has ended. */
export async function forget(upload: BlobUpload): Promise<void> {
  if (upload.blob.descriptor.size < RESUMABLE_SIZE) return;
  await upload.options.journal?.remove(keyOf(upload));
}
