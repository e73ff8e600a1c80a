import type { Descriptor } from "../../spec/descriptor.ts";
import type { AuthenticatedRequest } from "../auth/authenticator.ts";
import { discard } from "../http/capped_body.ts";
import { failWordless, isFinal, type Repository } from "../repository.ts";

/**
 * Whether a repository has a blob. Where the answer says neither yes nor no,
 * and where it says that something else is there, it counts as missing: sending
 * it again is always right.
 *
 * @throws {RegistryError} Where the registry lets us do nothing at all.
 * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
 */
export async function hasBlob(
  repository: Repository,
  { digest, size }: Descriptor,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const request: AuthenticatedRequest = {
    method: "HEAD",
    url: new URL(`blobs/${digest}`, repository.url),
    access: "push",
    signal,
  };
  const answer = await repository.authenticator.send(request);
  if (isFinal(repository, answer)) {
    const what = `push to ${repository.name}`;
    await failWordless(repository, what, answer, request);
  }
  await discard(answer.response);
  const { ok, headers } = answer.response;
  const length = headers.get("content-length");
  const found = headers.get("docker-content-digest");
  const [algorithm = ""] = digest.split(":", 1);
  if (found !== null && found !== digest && found.startsWith(`${algorithm}:`)) {
    return false;
  }
  // A web server that answers 200 to everything says neither.
  return ok && (length === null ? found === digest : Number(length) === size);
}
