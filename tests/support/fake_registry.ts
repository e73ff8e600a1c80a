import { createServer, type IncomingMessage } from "node:http";
import { streamOf } from "../../src/bytes/byte_source.ts";
import { digestOf } from "../../src/bytes/sha256.ts";
import type { Fetch } from "../../src/registry/transport.ts";
import { isDigest } from "../../src/spec/digest.ts";
import type { Manifest } from "../../src/spec/manifest.ts";

/** How a {@linkcode FakeRegistry} behaves. */
export interface FakeRegistryOptions {
  /**
   * Whom it lets in: everybody unless told. By `bearer` everybody may pull, and
   * the one account may push; its token server is the same function.
   */
  readonly auth?: {
    readonly scheme: "basic" | "bearer";
    readonly username: string;
    readonly password: string;
    /** Where tokens are given out: `/token` on the registry unless told. */
    readonly realm?: string;
    /** Name of the member that holds the token: `token` unless told. */
    readonly member?: string;
  };
  /** How it spells the `Location` of an upload: `relative` unless told. */
  readonly location?: "relative" | "absolute";
}

/** A request that a {@linkcode FakeRegistry} was sent. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  /** `METHOD /path`, without the query and with `*` for the id of an upload. */
  readonly line: string;
}

/** Answers in the place of the registry, which `next` is. */
export type Override = (
  request: Request,
  next: () => Promise<Response>,
) => Response | Promise<Response>;

/** A registry in memory, with what it holds and what it was asked. */
export interface FakeRegistry {
  /** The registry: of every host and both schemes. */
  readonly fetch: Fetch;
  /** All requests, in their order. */
  readonly requests: RecordedRequest[];
  /** Blobs by `repository@digest`. */
  readonly blobs: Map<string, Uint8Array>;
  /** Manifests by `repository@digest`. */
  readonly manifests: Map<string, { mediaType: string; bytes: Uint8Array }>;
  /** Digests of manifests by `repository:tag`. */
  readonly tags: Map<string, string>;
  /** Tokens that are good; taking one out lets it expire. */
  readonly tokens: Map<string, { scope: string; mayPush: boolean }>;
  /**
   * Answers requests in its place, those whose {@linkcode RecordedRequest.line}
   * fits the pattern, from now on or as often as said.
   */
  override(pattern: RegExp, answer: Override, times?: number): void;
  /** The lines of all requests so far. */
  lines(): string[];
}

interface State extends FakeRegistry {
  readonly options: FakeRegistryOptions;
  readonly uploads: Set<string>;
  issued: number;
}

/** Starts an empty registry. */
export function fakeRegistry(options: FakeRegistryOptions = {}): FakeRegistry {
  const overrides: { pattern: RegExp; answer: Override; left: number }[] = [];
  const state: State = {
    options,
    requests: [],
    blobs: new Map(),
    manifests: new Map(),
    tags: new Map(),
    tokens: new Map(),
    uploads: new Set(),
    issued: 0,
    override: (pattern, answer, times = Infinity) =>
      void overrides.push({ pattern, answer, left: times }),
    lines: () => state.requests.map(({ line }) => line),
    fetch: async (request) => {
      request.signal.throwIfAborted();
      const { method, headers } = request;
      const url = new URL(request.url);
      const path = url.pathname.replace(/(\/blobs\/uploads\/)[^/]+$/, "$1*");
      const line = `${method} ${path}`;
      state.requests.push({ method, url, headers: new Headers(headers), line });
      const next = () => answer(state, request, url);
      const found = overrides.find(({ pattern, left }) =>
        left > 0 && pattern.test(line)
      );
      if (!found) return await next();
      found.left--;
      return await found.answer(request, next);
    },
  };
  return state;
}

/** Serves a registry over HTTP on a free port of the loopback interface. */
export async function serve(
  registry: FakeRegistry,
): Promise<{ readonly host: string; close(): Promise<void> }> {
  const server = createServer(async (incoming, outgoing) => {
    try {
      const response = await registry.fetch(toRequest(incoming));
      outgoing.writeHead(response.status, [...response.headers].flat());
      outgoing.end(new Uint8Array(await response.arrayBuffer()));
    } catch (error) {
      // The client went away, or the test that answers has failed.
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end(String(error));
    }
  });
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve())
  );
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    host: `127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The answer that a registry gives to what it refuses. */
export function errorResponse(
  status: number,
  code: string,
  message?: string,
  headers?: Record<string, string>,
): Response {
  return Response.json({ errors: [{ code, message }] }, { status, headers });
}

function toRequest(incoming: IncomingMessage): Request {
  const { method = "GET", headers, url = "/" } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(`http://${headers.host}${url}`, {
    method,
    headers: headers as Record<string, string>,
    ...(hasBody ? { body: streamOf(incoming), duplex: "half" } : {}),
  });
}

async function answer(
  state: State,
  request: Request,
  url: URL,
): Promise<Response> {
  if (url.pathname === "/token") return giveToken(state, request, url);
  const refused = challenge(state, request, url);
  if (refused) return refused;
  if (url.pathname === "/v2/") return Response.json({});
  const [, repository = "", kind, name = ""] =
    /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests)\/([^/]*)$/.exec(
      url.pathname,
    ) ?? [];
  switch (`${request.method} ${kind}`) {
    case "HEAD blobs":
    case "GET blobs":
      return getBlob(state, request, `${repository}@${name}`);
    case "POST blobs/uploads":
      return startUpload(state, url);
    case "PUT blobs/uploads":
      return await finishUpload(state, request, url, repository, name);
    case "HEAD manifests":
    case "GET manifests":
      return getManifest(state, request, repository, name);
    case "PUT manifests":
      return await putManifest(state, request, url, repository, name);
    default:
      return errorResponse(404, "UNSUPPORTED", "no such place");
  }
}

function challenge(
  { options, tokens }: State,
  { method, headers }: Request,
  url: URL,
): Response | undefined {
  const { auth } = options;
  if (!auth) return undefined;
  const authorization = headers.get("authorization") ?? "";
  if (auth.scheme === "basic") {
    const { username, password } = auth;
    if (authorization === `Basic ${btoa(`${username}:${password}`)}`) {
      return undefined;
    }
    return errorResponse(401, "UNAUTHORIZED", "authentication required", {
      "www-authenticate": 'Basic realm="fake"',
    });
  }
  const token = tokens.get(authorization.replace(/^Bearer /, ""));
  const repository = /^\/v2\/(.+)\/(?:blobs|manifests)\//.exec(url.pathname)
    ?.[1];
  const isRead = method === "GET" || method === "HEAD";
  if (
    token && (isRead || token.mayPush) &&
    (repository === undefined ||
      token.scope.startsWith(`repository:${repository}:`))
  ) return undefined;
  const realm = auth.realm ?? `${url.origin}/token`;
  return errorResponse(401, "UNAUTHORIZED", "authentication required", {
    "www-authenticate": `Bearer realm="${realm}",service="fake",scope="x"`,
  });
}

function giveToken(state: State, { headers }: Request, url: URL): Response {
  const { auth } = state.options;
  const { username, password } = auth ?? {};
  const authorization = headers.get("authorization");
  const isKnown = authorization === `Basic ${btoa(`${username}:${password}`)}`;
  if (authorization !== null && !isKnown) {
    return errorResponse(401, "UNAUTHORIZED", "incorrect username or password");
  }
  const token = `fake-token-${++state.issued}`;
  const scope = url.searchParams.get("scope") ?? "";
  state.tokens.set(token, { scope, mayPush: isKnown });
  return Response.json({ [auth?.member ?? "token"]: token, expires_in: 300 });
}

function getBlob(
  { blobs }: State,
  { method }: Request,
  key: string,
): Response {
  const bytes = blobs.get(key);
  if (!bytes) return errorResponse(404, "BLOB_UNKNOWN", "blob unknown");
  const headers = {
    "content-length": String(bytes.byteLength),
    "content-type": "application/octet-stream",
    "docker-content-digest": key.slice(key.indexOf("@") + 1),
  };
  return new Response(method === "HEAD" ? null : bytes.slice(), { headers });
}

function startUpload({ uploads, options }: State, url: URL): Response {
  const id = crypto.randomUUID();
  uploads.add(id);
  const location = `${url.pathname}${id}?_state=a%2Fb%20c`;
  const origin = options.location === "absolute" ? url.origin : "";
  return new Response(null, {
    status: 202,
    headers: { location: origin + location, range: "0-0" },
  });
}

async function finishUpload(
  { uploads, blobs }: State,
  request: Request,
  url: URL,
  repository: string,
  id: string,
): Promise<Response> {
  const digest = url.searchParams.get("digest") ?? "";
  if (!uploads.has(id) || !url.search.startsWith("?_state=a%2Fb%20c&")) {
    return errorResponse(404, "BLOB_UPLOAD_UNKNOWN", "no such upload");
  }
  if (request.headers.get("content-type") !== "application/octet-stream") {
    return errorResponse(415, "UNSUPPORTED", "octets are wanted");
  }
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (!isDigest(digest) || await digestOf(bytes) !== digest) {
    return errorResponse(400, "DIGEST_INVALID", "digest does not match");
  }
  uploads.delete(id);
  blobs.set(`${repository}@${digest}`, bytes);
  return new Response(null, {
    status: 201,
    headers: {
      location: `/v2/${repository}/blobs/${digest}`,
      "docker-content-digest": digest,
    },
  });
}

function getManifest(
  { manifests, tags }: State,
  { method, headers }: Request,
  repository: string,
  name: string,
): Response {
  const digest = isDigest(name) ? name : tags.get(`${repository}:${name}`);
  const manifest = manifests.get(`${repository}@${digest}`);
  const accepted = headers.get("accept")?.split(/ *, */) ?? [];
  if (!manifest || !accepted.includes(manifest.mediaType)) {
    return errorResponse(404, "MANIFEST_UNKNOWN", "manifest unknown");
  }
  const { bytes, mediaType } = manifest;
  return new Response(method === "HEAD" ? null : bytes.slice(), {
    headers: {
      "content-length": String(bytes.byteLength),
      "content-type": mediaType,
      "docker-content-digest": digest ?? "",
    },
  });
}

async function putManifest(
  state: State,
  request: Request,
  url: URL,
  repository: string,
  name: string,
): Promise<Response> {
  const { blobs, manifests, tags } = state;
  const bytes = new Uint8Array(await request.arrayBuffer());
  const digest = await digestOf(bytes);
  const mediaType = request.headers.get("content-type") ?? "";
  const manifest = parseManifest(bytes);
  if (!manifest || manifest.mediaType !== mediaType) {
    return errorResponse(400, "MANIFEST_INVALID", "manifest invalid");
  }
  if (isDigest(name) && name !== digest) {
    return errorResponse(400, "DIGEST_INVALID", "digest does not match");
  }
  for (const descriptor of [manifest.config, ...manifest.layers]) {
    if (!blobs.has(`${repository}@${descriptor.digest}`)) {
      return errorResponse(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown");
    }
  }
  manifests.set(`${repository}@${digest}`, { mediaType, bytes });
  if (!isDigest(name)) tags.set(`${repository}:${name}`, digest);
  return new Response(null, {
    status: 201,
    headers: { location: url.pathname, "docker-content-digest": digest },
  });
}

function parseManifest(bytes: Uint8Array): Manifest | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
