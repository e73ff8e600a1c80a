import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { basicAuthorization } from "../../src/registry/auth/credentials.ts";
import { runOk } from "./run.ts";
import { withTempDir } from "./temp_dir.ts";

/** Options of {@linkcode withTokenServer}. */
export interface TokenServerOptions {
  /** The one account; who gives none may pull. */
  readonly user: string;
  readonly password: string;
  /** Seconds that a token is good for: 300 unless told. */
  readonly lifetime?: number;
}

/** What a registry has to know to take the tokens of a server. */
export interface TokenIssuer {
  /** URL that tokens are asked at. */
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** File with the certificate of the key that tokens are signed with. */
  readonly certificate: string;
}

/** A request for a token. */
export interface TokenRequest {
  readonly method: string;
  /** What was shown to prove who asks. */
  readonly grant: "none" | "password" | "refresh token";
  /** All scopes, as they were asked for. */
  readonly scopes: readonly string[];
  readonly status: number;
}

/** A token server that runs. */
export interface TokenServer extends TokenIssuer {
  /** All requests so far. */
  readonly requests: readonly TokenRequest[];
  /** A refresh token for the account, as a login would have got. */
  readonly identityToken: string;
}

interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/**
 * Lends a token server for Debian's docker-registry, on a free loopback port.
 * Its tokens are signed by a key of its own.
 *
 * @see {@link https://distribution.github.io/distribution/spec/auth/jwt/}
 */
export function withTokenServer<T>(
  { user, password, lifetime = 300 }: TokenServerOptions,
  use: (server: TokenServer) => Promise<T>,
): Promise<T> {
  return withTempDir(async (directory) => {
    const certificate = join(directory, "token.pem");
    const sign = await signer(join(directory, "token.key"), certificate);
    const service = "test registry";
    const issuer = "test tokens";
    const identityToken = crypto.randomUUID();
    const requests: TokenRequest[] = [];

    const answer = async (incoming: IncomingMessage) => {
      const { method = "", url = "/", headers } = incoming;
      const { searchParams } = new URL(url, "http://localhost");
      const form = new URLSearchParams(await textOf(incoming));
      const basic = /^Basic (.*)$/.exec(headers.authorization ?? "")?.[1];
      const refresh = form.get("refresh_token");
      const named = form.get("username");
      const shown = basic ??
        (named === null
          ? undefined
          : basicAuthorization(named, form.get("password") ?? "").slice(6));
      const isKnown = shown === basicAuthorization(user, password).slice(6) ||
        refresh === identityToken;
      const grant = refresh !== null
        ? "refresh token"
        : shown === undefined
        ? "none"
        : "password";
      const scopes = [...searchParams.getAll("scope"), ...form.getAll("scope")]
        .flatMap((scope) => scope.split(" ")).filter((scope) => scope !== "");
      const status = grant === "none" || isKnown ? 200 : 401;
      requests.push({ method, grant, scopes, status });
      if (status === 401) {
        return Response.json({ errors: [{ code: "UNAUTHORIZED" }] }, {
          status,
        });
      }
      const access = scopes.map(parseScope).map((scope) => ({
        ...scope,
        actions: scope.actions.filter((action) => isKnown || action === "pull"),
      }));
      const now = Math.floor(Date.now() / 1000);
      const token = await sign({
        iss: issuer,
        sub: isKnown ? user : "",
        aud: searchParams.get("service") ?? form.get("service"),
        nbf: now - 5,
        iat: now,
        exp: now + lifetime,
        jti: crypto.randomUUID(),
        access,
      });
      // The form flow answers with the one name, the older flow with the other.
      const member = method === "POST" ? "access_token" : "token";
      return Response.json({
        [member]: token,
        expires_in: lifetime,
        scope: access.map(({ type, name, actions }) =>
          `${type}:${name}:${actions}`
        ).join(" "),
      });
    };

    const server = createServer(async (incoming, outgoing) => {
      const response = await answer(incoming);
      outgoing.writeHead(response.status, [...response.headers].flat());
      outgoing.end(await response.text());
    });
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve())
    );
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const realm = `http://127.0.0.1:${port}/token`;
    try {
      return await use({
        ...{ realm, service, issuer, certificate, requests, identityToken },
      });
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
}

/** Makes a key with its certificate, and signs tokens with it. */
async function signer(
  keyFile: string,
  certificateFile: string,
): Promise<(claims: object) => Promise<string>> {
  await runOk("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"],
    ...["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=tokens"],
    ...["-keyout", keyFile, "-out", certificateFile],
  ]);
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await crypto.subtle.importKey(
    "pkcs8",
    pemBytes(await readFile(keyFile, "utf8")),
    algorithm,
    false,
    ["sign"],
  );
  const chain = [
    btoa(binary(pemBytes(await readFile(certificateFile, "utf8")))),
  ];
  const encode = (value: object) =>
    base64Url(new TextEncoder().encode(JSON.stringify(value)));
  return async (claims) => {
    const head = encode({ typ: "JWT", alg: "ES256", x5c: chain });
    const text = `${head}.${encode(claims)}`;
    const bytes = new TextEncoder().encode(text);
    const signature = await crypto.subtle.sign(algorithm, key, bytes);
    return `${text}.${base64Url(new Uint8Array(signature))}`;
  };
}

function parseScope(scope: string): Access {
  const [type = "", ...rest] = scope.split(":");
  const actions = rest.pop() ?? "";
  return { type, name: rest.join(":"), actions: actions.split(",") };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of incoming) {
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function pemBytes(pem: string): Uint8Array<ArrayBuffer> {
  const text = atob(pem.replace(/-----[^-]*-----|\s/g, ""));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function binary(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function base64Url(bytes: Uint8Array): string {
  return btoa(binary(bytes)).replaceAll("+", "-").replaceAll("/", "_")
    .replaceAll("=", "");
}
