import { discard } from "../http/capped_body.ts";
import { registryFailure } from "../http/registry_failure.ts";
import type { LoginReport } from "./access_report.ts";
import type { Authenticator } from "./authenticator.ts";

/** What {@linkcode checkLogin} takes. */
export interface CheckLoginOptions {
  /** The registry as references name it. */
  readonly registry: string;
  /** Where the API begins: `https://ghcr.io/v2/`. */
  readonly base: URL;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * Asks the registry, as `Registry.checkLogin` says.
 *
 * @param authenticator One that asks for no repository: a token server may
 * refuse a good password for the name of a repository.
 */
export async function checkLogin(
  authenticator: Authenticator,
  { registry, base, signal }: CheckLoginOptions,
): Promise<LoginReport> {
  const request = { method: "GET", url: base, access: "push" } as const;
  const { response } = await authenticator.send({ ...request, signal });
  if (!response.ok) {
    const what = `log in to ${registry}`;
    throw await registryFailure(response, { ...authenticator.failure, what });
  }
  await discard(response);
  return authenticator.report;
}
