import { isAccount } from "./access.ts";
import { errorResponse, refuse } from "./error_response.ts";
import { readBody } from "./read_body.ts";
import { formatScopes, parseScopes } from "./scope.ts";
import { type Exchange, now, type State } from "./state.ts";

/** What the token server was asked for, in either way. */
interface TokenWish {
  readonly isPost: boolean;
  /** Whether somebody said who asks. */
  readonly isNamed: boolean;
  /** Whether that is the account. */
  readonly isKnown: boolean;
  readonly scope: string;
  readonly wantsRefreshToken: boolean;
}

/**
 * The token server: by GET with a password or none, and by POST of a form with
 * a password or a refresh token.
 *
 * @see {@link https://distribution.github.io/distribution/spec/auth/token/}
 * @see {@link https://distribution.github.io/distribution/spec/auth/oauth/}
 */
export async function giveToken(
  state: State,
  exchange: Exchange,
): Promise<Response> {
  const { quirks, auth } = state;
  const { method } = exchange;
  if (method !== "GET" && method !== "POST") {
    return errorResponse(405, "UNSUPPORTED", "GET or POST");
  }
  if (method === "POST" && quirks.tokenPost) return refuse(quirks.tokenPost);
  const wish = method === "GET"
    ? readQuery(state, exchange)
    : await readForm(state, exchange);
  if (wish instanceof Response) return wish;
  if (wish.isNamed && !wish.isKnown) {
    return errorResponse(401, "UNAUTHORIZED", "incorrect username or password");
  }
  const asked = parseScopes(wish.scope);
  const names = new Set(asked.map(({ name }) => name));
  if (quirks.foreignScope && names.size > 1) return refuse(quirks.foreignScope);
  const { isKnown } = wish;
  const grant = auth?.grant ??
    (({ actions }) => isKnown ? actions : actions.filter((a) => a === "pull"));
  const granted = asked.slice(0, quirks.firstScopeOnly ? 1 : undefined)
    .map((scope) => ({ ...scope, actions: grant(scope, isKnown) }))
    // A scope without actions would say that everything is granted.
    .filter(({ actions }) => actions.length > 0);

  const lifetime = quirks.noExpiresIn ? 60 : quirks.tokenLifetime ?? 300;
  const token = `fake-token-${++state.tokensIssued}`;
  const time = now(state);
  state.tokens.set(token, {
    scope: formatScopes(granted),
    mayPush: isKnown,
    expires: time + lifetime * 1000,
  });
  const body: Record<string, unknown> = {
    [wish.isPost ? "access_token" : auth?.member ?? "token"]: token,
  };
  if (!quirks.noExpiresIn) body.expires_in = lifetime;
  // A test with a clock of its own for the client alone would be misled by it.
  if (state.hasOwnClock) body.issued_at = new Date(time).toISOString();
  if (wish.isPost) body.scope = formatScopes(granted);
  if (wish.wantsRefreshToken && isKnown) {
    const refreshToken = `fake-refresh-token-${state.refreshTokens.size + 1}`;
    state.refreshTokens.add(refreshToken);
    body.refresh_token = refreshToken;
  }
  return Response.json(body);
}

function readQuery(state: State, { url, headers }: Exchange): TokenWish {
  const { searchParams } = url;
  const authorization = headers.get("authorization");
  return {
    isPost: false,
    isNamed: authorization !== null,
    isKnown: isAccount(state, authorization),
    scope: searchParams.getAll("scope").join(" "),
    wantsRefreshToken: searchParams.get("offline_token") === "true",
  };
}

async function readForm(
  state: State,
  exchange: Exchange,
): Promise<TokenWish | Response> {
  const { bytes } = await readBody(exchange);
  const form = new URLSearchParams(new TextDecoder().decode(bytes));
  const grantType = form.get("grant_type");
  const missing = ["grant_type", "service", "client_id"]
    .find((name) => !form.get(name));
  if (missing !== undefined) {
    const body = { error: "invalid_request", error_description: missing };
    return Response.json(body, { status: 400 });
  }
  if (grantType !== "password" && grantType !== "refresh_token") {
    return Response.json({ error: "unsupported_grant_type" }, { status: 400 });
  }
  const { username, password } = state.auth ?? {};
  return {
    isPost: true,
    isNamed: true,
    isKnown: grantType === "refresh_token"
      ? state.refreshTokens.has(form.get("refresh_token") ?? "")
      : form.get("username") === username && form.get("password") === password,
    scope: form.getAll("scope").join(" "),
    wantsRefreshToken: form.get("access_type") === "offline",
  };
}
