import { canCheck } from "./digests.ts";
import { errorResponse, refuse } from "./error_response.ts";
import { mayPull } from "./access.ts";
import type { Route } from "./route.ts";
import {
  type Exchange,
  hasRepository,
  type State,
  type UploadSession,
} from "./state.ts";
import { storeBlob } from "./store_blob.ts";
import {
  findSession,
  openSession,
  sessionHeaders,
  storageUrl,
} from "./upload_session.ts";
import { writeUpload } from "./write_upload.ts";

/** What is done with uploads. */
export async function answerUpload(
  state: State,
  exchange: Exchange,
  route: Route,
): Promise<Response> {
  const { method } = exchange;
  if (route.name === "") {
    return method === "POST"
      ? await begin(state, exchange, route)
      : errorResponse(405, "UNSUPPORTED", "an upload begins with POST");
  }
  const session = findSession(state, exchange, route);
  if (session instanceof Response) return session;
  switch (method) {
    case "GET":
      return tellStatus(state, exchange, session);
    case "DELETE":
      state.uploads.delete(session.id);
      return new Response(null, { status: 204 });
    case "PATCH":
    case "PUT":
      return redirected(state, exchange) ??
        await writeUpload(state, exchange, session);
    default:
      return errorResponse(405, "UNSUPPORTED", "no such method");
  }
}

async function begin(
  state: State,
  exchange: Exchange,
  { repository }: Route,
): Promise<Response> {
  const { quirks } = state;
  const { url, headers } = exchange;
  if (
    quirks.postWithoutLength && headers.has("host") &&
    !headers.has("content-length")
  ) return refuse(quirks.postWithoutLength);
  if (quirks.repositories && !hasRepository(state, repository)) {
    return errorResponse(
      404,
      "NAME_UNKNOWN",
      `The repository with name '${repository}' does not exist`,
    );
  }
  const mount = url.searchParams.get("mount");
  if (mount !== null) {
    const answer = tryMount(state, exchange, repository, mount);
    if (answer) return answer;
  }
  const digest = url.searchParams.get("digest");
  if (digest !== null && mount === null && !quirks.noSinglePost) {
    if (!canCheck(digest)) {
      return errorResponse(400, "DIGEST_INVALID", "no such digest");
    }
    return await storeBlob(state, exchange, { repository, digest, before: [] });
  }
  const session = openSession(state, repository);
  return new Response(null, {
    status: quirks.postStatus ?? 202,
    headers: sessionHeaders(state, url, session),
  });
}

/** The answer to a mount, unless an upload begins in its place. */
function tryMount(
  state: State,
  exchange: Exchange,
  repository: string,
  digest: string,
): Response | undefined {
  const { quirks, blobs } = state;
  const from = exchange.url.searchParams.get("from");
  if (from === null) {
    return quirks.bareMount ? refuse(quirks.bareMount) : undefined;
  }
  if (typeof quirks.mount === "object") return refuse(quirks.mount);
  if (quirks.mountFromUnknown && !hasRepository(state, from)) {
    return refuse(quirks.mountFromUnknown);
  }
  const bytes = blobs.get(`${from}@${digest}`);
  if (quirks.mount === "ignored" || !bytes || !mayPull(state, exchange, from)) {
    return undefined;
  }
  blobs.set(`${repository}@${digest}`, bytes);
  return new Response(null, {
    status: 201,
    headers: {
      location: `/v2/${repository}/blobs/${digest}`,
      "docker-content-digest": digest,
    },
  });
}

function tellStatus(
  state: State,
  { url }: Exchange,
  session: UploadSession,
): Response {
  const { uploadStatus } = state.quirks;
  if (uploadStatus) return refuse(uploadStatus);
  const headers = sessionHeaders(state, url, session);
  return new Response(null, { status: 204, headers });
}

function redirected(
  { quirks }: State,
  { url, path, isSigned }: Exchange,
): Response | undefined {
  if (!quirks.redirectUploads || isSigned) return undefined;
  const { href } = storageUrl(url, path);
  const location = `${href}${url.search}&X-Amz-Signature=s1gned`;
  return new Response(null, { status: 307, headers: { location } });
}
