import { bytesSource } from "../../bytes/byte_source.ts";
import { BODY_LIMIT } from "../http/capped_body.ts";
import type { Challenge } from "../http/challenge.ts";
import { RegistryError } from "../registry_error.ts";
import type { FailureContext } from "../http/registry_failure.ts";
import type { Answer, Transport, TransportRequest } from "../http/transport.ts";
import { basicAuthorization } from "./credentials.ts";
import { parseTokenAnswer, type TokenAnswer } from "./token_answer.ts";
import { CHECK_REALM, tokenFailure } from "./token_failure.ts";

/** What {@linkcode fetchToken} asks for and with what. */
export interface TokenRequest {
  /** The token server, as `tokenServer` gives it. */
  readonly server: URL;
  /** The challenge that names it. */
  readonly challenge: Challenge;
  /** The registry that sent the challenge, as references name it. */
  readonly registry: string;
  /** Where the registry is. */
  readonly url: URL;
  /** What the token is to be good for, the most important first. */
  readonly scopes: readonly string[];
  /** Who asks; absent where nobody is known. */
  readonly password?: { readonly username: string; readonly password: string };
  /** An identity token. It comes before the password. */
  readonly refreshToken?: string;
  /** Stops the request. */
  readonly signal?: AbortSignal;
  /** For what goes wrong. */
  readonly failure: Omit<FailureContext, "what" | "by">;
}

/** Who we are to a token server. */
const CLIENT_ID = "scratchbuild";
/** What the registry answered that led here. */
const UNAUTHORIZED = 401;
/** What a server answers to a method that it does not have. */
const NO_SUCH_WAY: readonly number[] = [404, 405];
/** Some say so of the form by 400. */
const NO_SUCH_FORM: readonly number[] = [400, ...NO_SUCH_WAY];

/**
 * Gets a bearer token from the token server that a challenge names: by GET, or
 * by the form of OAuth2 for an identity token, and each in the place of the
 * other where the server does not have it.
 *
 * @throws {RegistryError} Where the token server refuses or gives no token.
 * @throws {ScratchbuildError} Code `NETWORK` where it cannot be reached, code
 * `ABORTED` where the signal stopped the request.
 * @see {@link https://distribution.github.io/distribution/spec/auth/token/}
 * @see {@link https://distribution.github.io/distribution/spec/auth/oauth/}
 */
export async function fetchToken(
  transport: Transport,
  request: TokenRequest,
): Promise<TokenAnswer> {
  const { server, registry, refreshToken, signal, failure } = request;
  const what = `log in to ${registry} at ${server.host}`;
  let refused: RegistryError | undefined;
  for (const way of waysOf(request)) {
    // Where a credential goes is for the realm to say, and for nobody else.
    const isAnonymous = way.method === "GET" && !way.authorization;
    const outcome = await askFor(transport, {
      ...way,
      followRedirects: isAnonymous,
      trust: request.url,
      signal,
    }, what);
    if ("token" in outcome) return outcome;
    const { response } = outcome;
    const { status } = response;
    const byIdentityToken = way.method === "POST" && refreshToken !== undefined;
    const now = transport.clock.now();
    const context = { ...failure, what, byIdentityToken, now };
    const error = await tokenFailure(response, context);
    // That it does not have this way either says less than what came before.
    refused = refused && NO_SUCH_WAY.includes(status) ? refused : error;
    const next = way.method === "POST" ? NO_SUCH_FORM : NO_SUCH_WAY;
    if (!next.includes(status)) break;
  }
  throw refused;
}

/** The requests to try, in that order. */
function waysOf(
  { server, challenge, scopes, password, refreshToken }: TokenRequest,
): TransportRequest[] {
  const { service } = challenge.parameters;
  const serviceField: [string, string][] = service === undefined
    ? []
    : [["service", service]];

  const url = new URL(server);
  url.search = [
    url.search.slice(1),
    ...[...serviceField, ...scopes.map((scope) => ["scope", scope])]
      .map(([name, value]) => `${name}=${encodeURIComponent(value ?? "")}`),
  ].filter((part) => part !== "").join("&");
  const authorization = password &&
    basicAuthorization(password.username, password.password);
  const query: TransportRequest = { method: "GET", url, authorization };

  const form = (proof: Record<string, string>): TransportRequest => {
    const fields = new URLSearchParams([
      ...Object.entries(proof),
      ...serviceField,
      ["client_id", CLIENT_ID],
      ...(scopes.length > 0 ? [["scope", scopes.join(" ")]] : []),
    ]);
    return {
      method: "POST",
      url: server,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: bytesSource(new TextEncoder().encode(fields.toString())),
    };
  };
  const passwordForm = password
    ? [form({ grant_type: "password", ...password })]
    : [];
  if (refreshToken === undefined) return [query, ...passwordForm];
  const refreshForm = form({
    grant_type: "refresh_token",
    refresh_token: refreshToken,
  });
  return password ? [refreshForm, query] : [refreshForm];
}

/**
 * Sends a request for a token, and sends it again where its answer broke off.
 *
 * @returns The token, or the answer that refuses it.
 */
async function askFor(
  transport: Transport,
  request: TransportRequest,
  what: string,
): Promise<TokenAnswer | Answer> {
  const { url, signal } = request;
  const { clock, retries } = transport;
  const task = retries.task(url.host);
  try {
    while (true) {
      const answer = await transport.send(request);
      if (!answer.response.ok) return answer;
      try {
        return await readToken(transport, answer, { what, signal });
      } catch (error) {
        const isOurs = error instanceof RegistryError;
        const delay = task.delay({ error: isOurs ? error.cause : error });
        if (delay === undefined) throw error;
        await clock.sleep(delay, signal);
      }
    }
  } finally {
    task.end();
  }
}

/** @throws {RegistryError} Its cause is what broke the answer off. */
async function readToken(
  transport: Transport,
  answer: Answer,
  { what, signal }: { readonly what: string; readonly signal?: AbortSignal },
): Promise<TokenAnswer> {
  const { headers } = answer.response;
  const text = await transport.readBody(answer, signal);
  const token = parseTokenAnswer(text, headers.get("date"));
  if (token) return token;
  const isPage = text.trimStart().startsWith("<");
  const kind = text.trim() === ""
    ? ", it is empty"
    : isPage
    ? ", it is a web page"
    : "";
  // As long as we read it, or a page, it is the same the next time.
  const isCut = !isPage && !isJson(text) && text.length < BODY_LIMIT;
  throw new RegistryError(
    `Cannot ${what}: the answer of the token server holds no token${kind}. ` +
      CHECK_REALM,
    {
      status: UNAUTHORIZED,
      ...(isCut ? { cause: new Error("connection closed too early") } : {}),
    },
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
