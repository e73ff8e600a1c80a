import { isLoopback } from "../endpoint.ts";
import { refusal } from "../http/address.ts";
import type { Location } from "../http/location.ts";
import type { Repository } from "../repository.ts";

/**
 * Reads one of the `urls` of a descriptor. Whoever made the manifest chose it,
 * so it is judged as if the registry had led there; and it is https, but on
 * this machine, where the registry is here and speaks http as well.
 */
export function foreignUrl(
  { url: registry, authenticator }: Repository,
  text: string,
): Location {
  if (!URL.canParse(text)) return { refusal: "it is not a URL" };
  const url = new URL(text);
  const { allowHosts } = authenticator.transport;
  const why = refusal(registry, url, { allowHosts });
  if (why !== undefined) return { refusal: why };
  const isSafe = url.protocol === "https:" ||
    (isLoopback(registry) && isLoopback(url));
  return isSafe ? { url } : { refusal: "it is not https" };
}
