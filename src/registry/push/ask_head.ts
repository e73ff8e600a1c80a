import { discard } from "../http/capped_body.ts";
import { failWordless, isFinal, type Repository } from "../repository.ts";

/**
 * Asks whether something is in a repository, before it is sent there.
 *
 * @param url What is asked for.
 * @param headers What the request says besides.
 * @returns The answer, without a body.
 * @throws {RegistryError} Where the registry lets us do nothing at all.
 * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
 */
export async function askHead(
  repository: Repository,
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const request = {
    method: "HEAD",
    url,
    headers,
    access: "push",
    signal,
  } as const;
  const answer = await repository.authenticator.send(request);
  if (isFinal(repository, answer)) {
    const what = `push to ${repository.name}`;
    await failWordless(repository, what, answer, request);
  }
  await discard(answer.response);
  return answer.response;
}
