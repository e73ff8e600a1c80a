import { discard } from "../http/capped_body.ts";
import type { UploadPlace } from "./blob_upload.ts";
import type { UploadSession } from "./upload_session.ts";

/** Milliseconds that a registry gets to let go of an upload. */
const LIMIT = 2_000;

/** Lets the registry forget an upload, if it can do that without ado. */
export async function cancelSession(
  { repository }: UploadPlace,
  { url }: UploadSession,
): Promise<void> {
  try {
    const { response } = await repository.authenticator.send({
      method: "DELETE",
      url,
      access: "push",
      retry: false,
      signal: AbortSignal.timeout(LIMIT),
    });
    await discard(response);
  } catch {
    // Registries forget what is left lying; some allow nobody to ask for it.
  }
}
