import { refusal } from "./address.ts";
import type { Challenge } from "./challenge.ts";
import { isLoopback } from "./endpoint.ts";
import { RegistryError } from "./registry_error.ts";
import { type FailureContext, registryFailure } from "./registry_failure.ts";
import type { Transport } from "./transport.ts";

/** What {@linkcode fetchToken} asks for and with what. */
export interface TokenRequest {
  /** The challenge that names the token server. */
  readonly challenge: Challenge;
  /** The registry that sent the challenge, as references name it. */
  readonly registry: string;
  /** Where the registry is. */
  readonly url: URL;
  /** What the token is to be good for: `repository:me/app:pull,push`. */
  readonly scope: string;
  /** `Authorization` for the token server; absent where there is none. */
  readonly authorization?: string;
  /** Whether the registry was said to be spoken to over plain http. */
  readonly insecure: boolean;
  /** Stops the request. */
  readonly signal?: AbortSignal;
  /** For what goes wrong. */
  readonly failure: Pick<FailureContext, "credential" | "redact">;
}

/** What the registry answered that led here. */
const UNAUTHORIZED = 401;
const CONTROL = /\p{Cc}/u;
/** Nothing else can be in a header, and no token server sends anything else. */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * Gets a bearer token from the token server that a challenge names.
 *
 * @throws {RegistryError} Where the token server refuses, gives no token, or
 * must not be asked.
 * @throws {ScratchbuildError} Code `NETWORK` where it cannot be reached.
 * @see {@link https://distribution.github.io/distribution/spec/auth/token/}
 */
export async function fetchToken(
  transport: Transport,
  request: TokenRequest,
): Promise<string> {
  const { registry, authorization, signal, failure } = request;
  const url = tokenUrl(request);
  const what = `log in to ${registry} at ${url.host}`;
  const answer = await transport.send({
    method: "GET",
    url,
    authorization,
    // Where a credential goes is for the realm to say, and for nobody else.
    followRedirects: authorization === undefined,
    signal,
  });
  if (!answer.response.ok) {
    const by = "the token server";
    throw await registryFailure(answer.response, { ...failure, what, by });
  }
  const token = tokenOf(await transport.readBody(answer, signal));
  if (token !== undefined) return token;
  throw new RegistryError(
    `Cannot ${what}: the answer of the token server holds no token`,
    { status: UNAUTHORIZED },
  );
}

function tokenUrl(request: TokenRequest): URL {
  const { challenge, registry, scope, insecure } = request;
  const { realm, service } = challenge.parameters;
  const refuse = (why: string) =>
    new RegistryError(
      `Cannot log in to ${registry}: ${why}. Check the name of the ` +
        "registry, and what it is configured to answer to who is not logged in",
      { status: UNAUTHORIZED },
    );
  if (realm === undefined || !URL.canParse(realm)) {
    throw refuse("it names no token server");
  }
  const url = new URL(realm);
  const why = refusal(request.url, url);
  if (why !== undefined) {
    throw refuse(`its token server must not be asked, as ${why}`);
  }
  if (url.protocol === "http:" && !insecure && !isLoopback(url)) {
    throw refuse(`its token server ${url.host} is spoken to over plain http`);
  }
  if (CONTROL.test(`${service ?? ""}${scope}`)) {
    throw refuse("its challenge holds control characters");
  }
  const query = [
    ...(service === undefined ? [] : [["service", service]]),
    ["scope", scope],
  ].map(([name, value]) => `${name}=${encodeURIComponent(value ?? "")}`);
  url.hash = "";
  url.search = [url.search.slice(1), ...query].filter((part) => part).join("&");
  return url;
}

function tokenOf(text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { token, access_token } = (body ?? {}) as Record<string, unknown>;
  return [token, access_token].find((value): value is string =>
    typeof value === "string" && TOKEN.test(value)
  );
}
