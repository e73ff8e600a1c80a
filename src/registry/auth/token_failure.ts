import { discard, readCapped } from "../http/capped_body.ts";
import { parseErrorBody } from "../http/error_body.ts";
import {
  type FailureContext,
  registryFailure,
} from "../http/registry_failure.ts";
import { RegistryError } from "../registry_error.ts";

/** What {@linkcode tokenFailure} tells besides the answer. */
export interface TokenFailureContext extends Omit<FailureContext, "by"> {
  /** Whether an identity token was shown. */
  readonly byIdentityToken: boolean;
}

/** What to do where a token server is no help. */
export const CHECK_REALM: string =
  "Check what the registry is configured to send its users to";

/**
 * Makes an error of a token server's refusal, in its own words. What can be
 * done about a registry's refusal is something else, where that speaks of
 * repositories and manifests.
 */
export async function tokenFailure(
  response: Response,
  { byIdentityToken, ...context }: TokenFailureContext,
): Promise<RegistryError> {
  const { what, registry, redact } = context;
  const { status } = response;
  const answered = `Cannot ${what}: the token server answered ${status}`;
  if (status < 400) {
    await discard(response);
    return new RegistryError(
      `${answered}, which a credential does not follow elsewhere. ${CHECK_REALM}`,
      { status },
    );
  }
  if (![400, 404, 405].includes(status)) {
    return await registryFailure(response, {
      ...context,
      by: "the token server",
    });
  }
  const text = await readCapped(response).catch(() => "");
  const { errors, words } = parseErrorBody(text, redact);
  const next = byIdentityToken
    ? "The identity token may have run out: log in again with " +
      `scratchbuild login ${registry}`
    : CHECK_REALM;
  return new RegistryError(
    `${answered}${words && ` (${words})`}. ${next}`,
    { status, errors },
  );
}
