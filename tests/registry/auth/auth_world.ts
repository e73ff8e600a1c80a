import {
  type AuthenticatedRequest,
  Authenticator,
} from "../../../src/registry/auth/authenticator.ts";
import type {
  Credential,
  Credentials,
} from "../../../src/registry/auth/credentials.ts";
import { discard } from "../../../src/registry/http/capped_body.ts";
import { Transport } from "../../../src/registry/http/transport.ts";
import { fetchUpload } from "../../../src/registry/http/upload.ts";
import { type FakeClock, fakeClock } from "../../support/fake_clock.ts";

/** A request that came in, with its body read as a form. */
export interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly authorization: string | null;
  readonly body: string;
  readonly form: URLSearchParams;
  readonly signal: AbortSignal;
}

/** How an {@linkcode AuthWorld} behaves. */
export interface AuthWorldOptions {
  /** `WWW-Authenticate` of who is not let in. */
  readonly challenge?: string | null | ((seen: Seen) => string | null);
  /** What the token server answers: a new token of 300 s unless told. */
  readonly give?: (seen: Seen, count: number) => Answered | Promise<Answered>;
  /** Whether the registry lets a request in: with a token that it knows. */
  readonly admit?: (seen: Seen, tokens: ReadonlySet<string>) => boolean;
  /** What it answers to who is let in: 200 unless told. */
  readonly answer?: (seen: Seen) => Response;
}

type Answered = Response | Record<string, unknown>;

/** A registry at `registry.test` and its token server at `auth.test`. */
export interface AuthWorld {
  readonly clock: FakeClock;
  readonly fetch: (request: Request) => Promise<Response>;
  /** Everything that was asked, in its order. */
  readonly seen: Seen[];
  /** What the token server was asked. */
  readonly exchanges: Seen[];
  /** What everybody else was asked. */
  readonly others: Seen[];
  /** Tokens that the registry takes. */
  readonly tokens: Set<string>;
}

export const REALM = "https://auth.test/token";
export const CHALLENGE =
  'Bearer realm="https://auth.test/token",service="registry.test"';
export const alice = { username: "alice", password: "s3cret-word" };
export const ALICE = `Basic ${btoa("alice:s3cret-word")}`;

/** Builds one. */
export function authWorld(options: AuthWorldOptions = {}): AuthWorld {
  const { challenge = CHALLENGE, give, admit, answer } = options;
  const seen: Seen[] = [];
  const tokens = new Set<string>();
  const isExchange = ({ url }: Seen) => url.hostname === "auth.test";
  const world: AuthWorld = {
    clock: fakeClock(),
    seen,
    tokens,
    get exchanges() {
      return seen.filter(isExchange);
    },
    get others() {
      return seen.filter((request) => !isExchange(request));
    },
    fetch: async (request) => {
      const { method, headers, signal } = request;
      const body = await request.text();
      const it: Seen = {
        ...{ method, headers, body, signal, url: new URL(request.url) },
        authorization: headers.get("authorization"),
        form: new URLSearchParams(body),
      };
      seen.push(it);
      if (isExchange(it)) {
        const count = world.exchanges.length;
        const given = await (give?.(it, count) ??
          { token: `token-${count}`, expires_in: 300 });
        if (given instanceof Response) return given;
        for (const token of [given.token, given.access_token]) {
          if (typeof token === "string") tokens.add(token);
        }
        return Response.json(given);
      }
      const token = it.authorization?.replace(/^Bearer /, "") ?? "";
      const isIn = admit ? admit(it, tokens) : tokens.has(token);
      if (isIn) return answer?.(it) ?? new Response("ok");
      const header = typeof challenge === "function"
        ? challenge(it)
        : challenge;
      return Response.json({ errors: [{ code: "UNAUTHORIZED" }] }, {
        status: 401,
        headers: header === null ? {} : { "www-authenticate": header },
      });
    },
  };
  return world;
}

/** Who asks, and where. */
export interface OpenOptions {
  readonly credential?: Credential;
  readonly credentials?: Credentials;
  readonly registry?: string;
  readonly allowHosts?: readonly string[];
}

/** An authenticator for the repository `me/app` there. */
export function openAuth(
  { fetch, clock }: AuthWorld,
  { credential, registry = "registry.test", ...options }: OpenOptions = {},
): Authenticator {
  const { credentials = () => credential, allowHosts } = options;
  const upload = fetchUpload(fetch);
  const transport = new Transport({ fetch, upload, clock, allowHosts });
  return new Authenticator(transport, {
    registry,
    repository: "me/app",
    url: new URL(`https://${registry}/v2/`),
    credentials,
    insecure: false,
  });
}

/** Sends one, and gives the status that it came to. */
export async function ask(
  auth: Authenticator,
  request: Partial<AuthenticatedRequest> = {},
): Promise<number> {
  const answer = await auth.send({
    method: "GET",
    url: new URL("https://registry.test/v2/me/app/tags/list"),
    ...request,
  });
  await discard(answer.response);
  return answer.response.status;
}

/** The scopes that an exchange asked for. */
export function scopesOf({ url, form }: Seen): string[] {
  return [...url.searchParams.getAll("scope"), ...form.getAll("scope")];
}
