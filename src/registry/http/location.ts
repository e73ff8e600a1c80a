import { refusal } from "./address.ts";

/** By what {@linkcode resolveLocation} judges. */
export interface LocationOptions {
  /** The registry that the work is for. Its origin and network count. */
  readonly registry: URL;
  /**
   * Hosts that the registry may lead to, as `TransportOptions.allowHosts`.
   *
   * @default {[]}
   */
  readonly allowHosts?: readonly string[];
}

/** Where a `Location` leads to, or why it must not be gone to. */
export type Location =
  | { readonly url: URL; readonly refusal?: undefined }
  | { readonly url?: undefined; readonly refusal: string };

/**
 * Reads a `Location` header. Registries behind a proxy that ends TLS often name
 * themselves by the scheme and the port that the proxy talks to them by; that
 * is put right, as no request ever leaves https. The query stays as it is, byte
 * for byte: it is signed.
 *
 * @param answerUrl The URL that answered with it.
 * @param location The header.
 * @see {@link https://github.com/distribution/distribution/issues/2225}
 */
export function resolveLocation(
  answerUrl: URL,
  location: string,
  { registry, allowHosts }: LocationOptions,
): Location {
  if (!URL.canParse(location, answerUrl.href)) {
    return { refusal: "its Location is not a URL" };
  }
  const named = new URL(location, answerUrl);
  const url = named.origin === registry.origin
    ? named
    : ownOrigin(answerUrl, named) ?? named;
  const why = refusal(registry, url, { from: answerUrl, allowHosts });
  return why === undefined ? { url } : { refusal: why };
}

/**
 * The same place at the origin that answered, where a server names itself, but
 * by http instead of https or without its port.
 */
function ownOrigin(answerUrl: URL, named: URL): URL | undefined {
  if (named.hostname !== answerUrl.hostname) return undefined;
  const isDowngraded = answerUrl.protocol === "https:" &&
    named.protocol === "http:";
  const lacksPort = named.protocol === answerUrl.protocol &&
    named.port === "" && answerUrl.port !== "";
  if (!isDowngraded && !lacksPort) return undefined;
  const url = new URL(named);
  url.protocol = answerUrl.protocol;
  url.port = answerUrl.port;
  // Who leads from itself to itself by another port means it.
  return url.href === answerUrl.href ? undefined : url;
}
