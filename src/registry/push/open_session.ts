import { discard } from "../http/capped_body.ts";
import type { Answer } from "../http/transport.ts";
import { fail } from "../repository.ts";
import type { UploadPlace } from "./blob_upload.ts";
import {
  follow,
  newSession,
  unusable,
  type UploadSession,
} from "./upload_session.ts";

/**
 * Begins an upload.
 *
 * @throws {RegistryError} Where the registry refuses.
 * @throws {ScratchbuildError} Code `NETWORK` where it does not say where the
 * blob goes, or names a place that must not be contacted.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#post-then-put}
 */
export async function openSession(upload: UploadPlace): Promise<UploadSession> {
  const { repository, blob, options } = upload;
  const url = new URL("blobs/uploads/", repository.url);
  const [algorithm] = blob?.descriptor.digest.split(":", 1) ?? [];
  if (algorithm !== undefined && algorithm !== "sha256") {
    url.searchParams.set("digest-algorithm", algorithm);
  }
  const answer = await repository.authenticator.send({
    method: "POST",
    url,
    // https://github.com/dotnet/sdk-container-builds/issues/287
    headers: { "content-length": "0" },
    access: "push",
    signal: options.signal,
  });
  if (!answer.response.ok) {
    await fail(repository, `push to ${repository.name}`, answer);
  }
  await discard(answer.response);
  return sessionOf(upload, answer);
}

/**
 * The session that an answer has begun.
 *
 * @throws {ScratchbuildError} Code `NETWORK` where it does not say where the
 * blob goes, or names a place that must not be contacted.
 */
export function sessionOf(upload: UploadPlace, answer: Answer): UploadSession {
  const session = newSession(answer.url);
  if (!follow(upload, session, answer)) {
    throw unusable(upload, "the registry does not say where to send a blob");
  }
  return session;
}
