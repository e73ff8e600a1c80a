import { discard, readCapped } from "../../registry/http/capped_body.ts";
import { errorCode } from "../system_error.ts";
import type { NodeClient } from "./node_client.ts";

/** What servers of TLS say to plain http: Go's, nginx, Apache. */
const ONLY_TLS =
  /HTTP request to an HTTPS server|HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled/i;
/** What comes of an answer that is a TLS alert, or of none. */
const NO_HTTP = /^(ECONNRESET|HPE_.*)$/;
const UNTRUSTED = /CERT|VERIFY|SELF_SIGNED|SIGNATURE|CRL/;

/**
 * A client that goes over to TLS where a registry on this machine, which is
 * asked by plain http unless told, turns out to speak TLS. It never goes back.
 * To those who ask it, the registry stays at its http URL.
 *
 * @param client Sends the requests.
 * @param registry The registry, at an http URL.
 */
export function upgradingClient(
  client: NodeClient,
  registry: URL,
): NodeClient {
  const secure = new URL(registry);
  secure.protocol = "https:";
  let speaks: "http" | "https" | undefined;

  const isOwn = (url: URL) => url.origin === registry.origin;
  const upgraded = (url: URL): URL =>
    new URL(secure.origin + url.href.slice(url.origin.length));
  /** The answer, with the registry under the URL that it was asked by. */
  const restored = ({ body, status, headers: given }: Response): Response => {
    const headers = new Headers(given);
    for (const name of ["location", "link"]) {
      const value = given.get(name)?.replace(/^\s*</, "<");
      for (const begin of ["", "<"]) {
        if (!value?.startsWith(`${begin}${secure.origin}/`)) continue;
        const rest = value.slice(begin.length + secure.origin.length);
        headers.set(name, begin + registry.origin + rest);
      }
    }
    return new Response(body, { status, headers });
  };
  const fetchByTls = async (request: Request): Promise<Response> => {
    const url = upgraded(new URL(request.url));
    const response = await client.fetch(new Request(url, request));
    speaks = "https";
    return restored(response);
  };

  return {
    fetch: async (request) => {
      const { signal } = request;
      if (!isOwn(new URL(request.url)) || speaks === "http") {
        return await client.fetch(request);
      }
      if (speaks === "https") return await fetchByTls(request);
      let response: Response;
      try {
        response = await client.fetch(request);
      } catch (error) {
        const code = errorCode(error) ?? (error as Error).message;
        if (!NO_HTTP.test(code) && code !== "connection closed") throw error;
        return await fetchByTls(request).catch((other) => {
          throw UNTRUSTED.test(errorCode(other) ?? "") ? other : error;
        });
      }
      if (response.status === 400) {
        // The words are missing in the answer to HEAD.
        const told = request.method === "HEAD"
          ? await client.fetch(new Request(registry, { signal }))
          : response.clone();
        if (ONLY_TLS.test(await readCapped(told))) {
          await discard(response);
          return await fetchByTls(request);
        }
      }
      speaks = "http";
      return response;
    },
    upload: async (request) => {
      const { url } = request;
      return isOwn(url) && speaks === "https"
        ? restored(await client.upload({ ...request, url: upgraded(url) }))
        : await client.upload(request);
    },
  };
}
