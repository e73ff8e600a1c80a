import { checkAccess } from "./access.ts";
import { answerBlob } from "./blobs.ts";
import { errorResponse, refuse } from "./error_response.ts";
import { giveToken } from "./give_token.ts";
import { listReferrers, listTags } from "./lists.ts";
import { answerManifest } from "./manifests.ts";
import { isRepositoryName, type Route, routeOf } from "./route.ts";
import { type Exchange, happens, now, type State } from "./state.ts";
import { answerUpload } from "./uploads.ts";

/** Where a loop of redirects begins and ends. */
export const LOOP = "/loop";

/** What the registry, the storage or the token server answers. */
export async function answer(
  state: State,
  exchange: Exchange,
): Promise<Response> {
  const { quirks, clock, hasOwnClock } = state;
  if (hasOwnClock && quirks.answerDelay !== undefined) {
    await clock.sleep(quirks.answerDelay, exchange.signal);
  }
  const response = await plainAnswer(state, exchange);
  return finished(state, exchange, response);
}

async function plainAnswer(
  state: State,
  exchange: Exchange,
): Promise<Response> {
  const { path, url, isSigned, headers } = exchange;
  if (url.pathname === LOOP) {
    const location = url.pathname;
    return new Response(null, { status: 307, headers: { location } });
  }
  if (url.pathname === "/token") return await giveToken(state, exchange);
  if (isSigned && headers.has("authorization")) {
    return new Response("<Error><Code>InvalidArgument</Code></Error>", {
      status: 400,
      headers: { "content-type": "application/xml" },
    });
  }
  const route = routeOf(path);
  return refused(state, exchange, route) ??
    checkAccess(state, exchange, route) ??
    await routed(state, exchange, route);
}

async function routed(
  state: State,
  exchange: Exchange,
  route: Route,
): Promise<Response> {
  switch (route.kind) {
    case "ping":
      return Response.json({});
    case "blob":
      return answerBlob(state, exchange, route);
    case "upload":
      return await answerUpload(state, exchange, route);
    case "manifest":
      return await answerManifest(state, exchange, route);
    case "tags":
      return listTags(state, exchange, route);
    case "referrers":
      return listReferrers(state, exchange, route);
    case "unknown":
      return errorResponse(404, "UNSUPPORTED", "no such place");
  }
}

/** What is refused whoever asks. */
function refused(
  state: State,
  { method }: Exchange,
  { repository }: Route,
): Response | undefined {
  const { rateLimit, readOnly } = state.quirks;
  if (
    rateLimit && !happens(state, "let through", rateLimit.after) &&
    happens(state, "too many", rateLimit.times)
  ) {
    const { retryAfter } = rateLimit;
    return errorResponse(
      429,
      "TOOMANYREQUESTS",
      "too many requests",
      retryAfter === undefined ? {} : { "retry-after": retryAfter },
    );
  }
  if (readOnly && method !== "GET" && method !== "HEAD") {
    return refuse({ status: 405, message: "this registry is read-only" });
  }
  return repository === "" || isRepositoryName(repository)
    ? undefined
    : errorResponse(400, "NAME_INVALID", "no such name");
}

/** Puts on every answer what belongs on every answer. */
function finished(
  state: State,
  { method }: Exchange,
  response: Response,
): Response {
  const { quirks, hasOwnClock } = state;
  const { status } = response;
  const headers = new Headers(response.headers);
  if (hasOwnClock || quirks.clockSkew !== undefined) {
    headers.set("date", new Date(now(state)).toUTCString());
  }
  for (const warning of quirks.warnings ?? []) {
    headers.append("warning", `299 - "${warning}"`);
  }
  if (quirks.digestHeader === "missing") {
    headers.delete("docker-content-digest");
  } else if (
    quirks.digestHeader === "wrong" && headers.has("docker-content-digest")
  ) {
    headers.set("docker-content-digest", WRONG_DIGEST);
  }
  const isRefusal = status >= 400 && quirks.errorBodies !== undefined;
  if (isRefusal) {
    headers.delete("content-length");
    headers.set("content-type", "text/html");
  }
  const html = `<html><body><h1>${status} refused</h1></body></html>`;
  const body = method === "HEAD" || status === 204
    ? null
    : !isRefusal
    ? response.body
    : quirks.errorBodies === "html"
    ? html
    : null;
  return new Response(body, { status, headers });
}

/** A digest that nothing has. */
export const WRONG_DIGEST = `sha256:${"0".repeat(64)}`;
