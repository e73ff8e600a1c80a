import { discard } from "../http/capped_body.ts";
import { resolveLocation } from "../http/location.ts";
import { registryFailure } from "../http/registry_failure.ts";
import { RegistryError } from "../registry_error.ts";
import type { Repository } from "../repository.ts";
import type { AccessReport } from "./access_report.ts";
import type { AuthenticatedRequest } from "./authenticator.ts";
import type { Answer } from "../http/transport.ts";

export type { AccessReport } from "./access_report.ts";

/** What {@linkcode checkAccess} takes. */
export interface CheckAccessOptions {
  /** Where the API begins: `https://ghcr.io/v2/`. */
  readonly base: URL;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** What came of trying something. */
interface Trial {
  /** Whether it is allowed; absent where something else stood in the way. */
  readonly may?: boolean;
  /** The answer, where it is. */
  readonly answer?: Answer;
  /** What the registry says where it did not do it. */
  readonly refusal?: string;
}

/** What says that somebody may not, rather than that something failed. */
const REFUSALS: readonly number[] = [401, 403, 405];

/**
 * Asks the registry, as `Registry.checkAccess` says. Whether pushing is allowed
 * is found out by beginning an upload, which is given up at once: there is no
 * other way to be told.
 */
export async function checkAccess(
  repository: Repository,
  { base, signal }: CheckAccessOptions,
): Promise<AccessReport> {
  const { authenticator, name, url } = repository;

  // For pushing: what is found out is about the credential that pushes go with.
  const door = await tryOut(repository, `log in to ${name}`, {
    ...{ method: "GET", url: base, access: "push", signal },
  });
  const pull = await tryOut(repository, `pull from ${name}`, {
    method: "GET",
    url: new URL("tags/list?n=1", url),
    access: "pull",
    signal,
  }, [404]);
  const push = await tryOut(repository, `push to ${name}`, {
    method: "POST",
    url: new URL("blobs/uploads/", url),
    access: "push",
    signal,
  });
  // Giving it up asks for a right that no push needs.
  const { report } = authenticator;
  if (push.answer) await giveUp(repository, push.answer, signal);

  // What stands in the way of a push is what most people want to know.
  const refusal = push.refusal ?? pull.refusal ??
    (push.may ? undefined : door.refusal);
  return {
    ...report,
    ...(pull.may === undefined ? {} : { mayPull: pull.may }),
    ...(push.may === undefined ? {} : { mayPush: push.may }),
    ...(refusal === undefined ? {} : { refusal }),
  };
}

/** @param fine Statuses that say no more than that nothing is there. */
async function tryOut(
  { authenticator }: Repository,
  what: string,
  request: AuthenticatedRequest,
  fine: readonly number[] = [],
): Promise<Trial> {
  try {
    const answer = await authenticator.send(request);
    const { response } = answer;
    if (response.ok || fine.includes(response.status)) {
      await discard(response);
      return { may: true, answer };
    }
    throw await registryFailure(response, { ...authenticator.failure, what });
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const refusal = error.message;
    return REFUSALS.includes(error.status)
      ? { may: false, refusal }
      : { refusal };
  }
}

/** Lets the registry forget an upload. One that stays runs out by itself. */
async function giveUp(
  { authenticator, url: registry }: Repository,
  { response, url }: Answer,
  signal: AbortSignal | undefined,
): Promise<void> {
  const location = response.headers.get("location");
  if (response.status !== 202 || location === null) return;
  // Wherever else a registry may lead to, this is for itself.
  const session = resolveLocation(url, location, { registry }).url;
  if (!session || !authenticator.isRegistry(session)) return;
  try {
    const request = { method: "DELETE", url: session, retry: false } as const;
    const answer = await authenticator.send(
      { ...request, access: "push", signal },
    );
    await discard(answer.response);
  } catch (error) {
    // Some registries want a right of its own for this.
    if (signal?.aborted) throw error;
  }
}
