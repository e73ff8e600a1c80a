import { addressZone } from "./http/address_zone.ts";
import type { Reference } from "./reference.ts";
import { ReferenceSyntaxError } from "./reference_syntax_error.ts";

/**
 * The host that speaks for a registry: its own name, but for `docker.io`, which
 * serves its API elsewhere.
 */
export function registryHost(registry: string): string {
  return registry === "docker.io" ? "registry-1.docker.io" : registry;
}

/**
 * Where the API of a reference's registry begins: `https://ghcr.io/v2/`.
 *
 * @param insecure Whether it is spoken to over plain http; where it is not
 * said, only hosts on the loopback interface are.
 * @throws {ReferenceSyntaxError} Where no URL can hold the host: the port is
 * above 65535, or what stands in brackets is no IPv6 address.
 */
export function apiBase(reference: Reference, insecure?: boolean): URL {
  const host = registryHost(reference.registry);
  if (!URL.canParse(`http://${host}/v2/`)) {
    throw new ReferenceSyntaxError(
      reference.toString(),
      `nothing can be reached under ${JSON.stringify(host)}`,
    );
  }
  const plain = insecure ?? isLoopback(new URL(`http://${host}/`));
  return new URL(`${plain ? "http" : "https"}://${host}/v2/`);
}

/** Whether a URL leads to this machine by a loopback address. */
export function isLoopback(url: URL): boolean {
  return addressZone(url.hostname) === "loopback";
}
