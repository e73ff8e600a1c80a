import { discard } from "../http/capped_body.ts";
import type { Answer } from "../http/transport.ts";
import type { UploadPlace } from "./blob_upload.ts";
import { storedBytes } from "./content_range.ts";
import { isNetworkError } from "./setback.ts";
import { follow, type UploadSession } from "./upload_session.ts";

/**
 * Asks how many bytes the registry has.
 *
 * @returns 0 where it does not say; `undefined` where it knows nothing of the
 * upload any more.
 * @throws {RegistryError} Where the token server refuses.
 * @throws {ScratchbuildError} Code `ABORTED`; code `NETWORK` where the upload
 * goes on in a place that must not be contacted.
 */
export async function askStored(
  upload: UploadPlace,
  session: UploadSession,
): Promise<number | undefined> {
  const answer = await askSession(upload, session.url);
  if (!answer?.response.ok) return undefined;
  follow(upload, session, answer);
  return storedBytes(answer.response.headers.get("range")) ?? 0;
}

async function askSession(
  { repository, options: { signal } }: UploadPlace,
  url: URL,
): Promise<Answer | undefined> {
  try {
    const answer = await repository.authenticator.send({
      method: "GET",
      url,
      access: "push",
      signal,
    });
    await discard(answer.response);
    return answer;
  } catch (error) {
    // The session may be elsewhere. The registry itself is asked next.
    if (isNetworkError(error)) return undefined;
    throw error;
  }
}
