import { errorResponse, refuse } from "./error_response.ts";
import type { Route } from "./route.ts";
import { formatScopes, parseScopes, type Scope } from "./scope.ts";
import { type Exchange, now, type State } from "./state.ts";

/** The answer to who may not do what was asked, if anything is wrong. */
export function checkAccess(
  state: State,
  exchange: Exchange,
  route: Route,
): Response | undefined {
  const { auth, quirks } = state;
  const { headers, isSigned } = exchange;
  if (!auth || isSigned) return undefined;
  if (route.kind === "ping" && quirks.openPing) return undefined;
  const wanted = wantedScopes(state, exchange, route);
  const authorization = headers.get("authorization") ?? "";
  if (auth.scheme === "basic") {
    return isAccount(state, authorization)
      ? undefined
      : unauthorized(state, exchange, wanted);
  }
  const scopes = grantedScopes(state, authorization);
  if (!scopes) {
    const error = authorization === "" ? undefined : "invalid_token";
    return unauthorized(state, exchange, wanted, error);
  }
  if (
    quirks.oneScopePerManifest && scopes.length > 1 &&
    route.kind === "manifest" && exchange.method === "PUT"
  ) return unauthorized(state, exchange, wanted, "insufficient_scope");
  if (wanted.every((scope) => covers(scopes, scope))) return undefined;
  return quirks.missingRight
    ? refuse(quirks.missingRight)
    : unauthorized(state, exchange, wanted, "insufficient_scope");
}

/** Whether an `Authorization` is the password of the account. */
export function isAccount(
  { auth }: State,
  authorization: string | null,
): boolean {
  return auth !== undefined &&
    authorization === `Basic ${btoa(`${auth.username}:${auth.password}`)}`;
}

/** Whether who asks may pull from a further repository. */
export function mayPull(
  state: State,
  { headers }: Exchange,
  repository: string,
): boolean {
  if (state.auth?.scheme !== "bearer") return true;
  const scopes = grantedScopes(state, headers.get("authorization") ?? "");
  const scope = { type: "repository", name: repository, actions: ["pull"] };
  return scopes !== undefined && covers(scopes, scope);
}

/** What a token is good for, while it is. */
function grantedScopes(
  state: State,
  authorization: string,
): readonly Scope[] | undefined {
  const token = state.tokens.get(authorization.replace(/^Bearer /i, ""));
  if (!token || (token.expires ?? Infinity) <= now(state)) return undefined;
  const all = token.mayPush ? ["pull", "push", "delete"] : ["pull"];
  return parseScopes(token.scope).map((scope) => ({
    ...scope,
    actions: scope.actions.length === 0
      ? all
      : scope.actions.filter((action) =>
        action === "*" || all.includes(action)
      ),
  }));
}

function covers(scopes: readonly Scope[], { name, actions }: Scope): boolean {
  return actions.every((action) =>
    scopes.some((scope) =>
      scope.type === "repository" && scope.name === name &&
      (scope.actions.includes(action) || scope.actions.includes("*"))
    )
  );
}

function wantedScopes(
  { quirks }: State,
  { method, url }: Exchange,
  { kind, repository }: Route,
): Scope[] {
  if (repository === "") return [];
  const scope = (name: string, ...actions: string[]): Scope => ({
    type: "repository",
    name,
    actions,
  });
  if (kind !== "upload" && (method === "GET" || method === "HEAD")) {
    return [scope(repository, "pull")];
  }
  if (method === "DELETE" && (kind !== "upload" || quirks.cancelNeedsDelete)) {
    return [scope(repository, "delete")];
  }
  const from = url.searchParams.get("from");
  return [
    scope(repository, "pull", "push"),
    ...(from !== null && quirks.mountNeedsPull ? [scope(from, "pull")] : []),
  ];
}

function unauthorized(
  { auth, quirks }: State,
  { url }: Exchange,
  scopes: readonly Scope[],
  error?: string,
): Response {
  const parameters = {
    realm: auth?.realm ?? `${url.origin}/token`,
    service: "fake",
    ...(scopes.length > 0 ? { scope: formatScopes(scopes) } : {}),
    ...(error === undefined ? {} : { error }),
  };
  const own = auth?.scheme === "basic"
    ? 'Basic realm="fake"'
    : `Bearer ${
      Object.entries(parameters).map(([name, value]) => `${name}="${value}"`)
        .join(",")
    }`;
  const challenges = [...quirks.moreChallenges ?? [], own].join(", ");
  return errorResponse(
    401,
    "UNAUTHORIZED",
    "authentication required",
    quirks.noChallenge ? {} : { "www-authenticate": challenges },
  );
}
