import { type AddressZone, addressZone } from "./address_zone.ts";

/** By what {@linkcode refusal} judges, besides the registry. */
export interface RefusalOptions {
  /**
   * The URL whose answer named the other one, where it is not the registry's.
   *
   * @default the registry's
   */
  readonly from?: URL;
  /**
   * Hosts that may be contacted wherever they are: `host` with any port, or
   * `host:port`; IPv6 addresses in brackets.
   *
   * @default {[]}
   */
  readonly allowHosts?: readonly string[];
}

/**
 * Why a URL that a server named (a realm, a `Location`, the target of a
 * redirect) must not be contacted. A registry on the public network could
 * otherwise have this machine ask hosts that only this machine can reach, or
 * have it give up TLS. All servers of a chain are judged by where the registry
 * is, so that no chain walks into a network step by step.
 *
 * @param registry The registry that all of this is for.
 * @param to The URL that was named.
 * @returns `undefined` where it may be contacted.
 */
export function refusal(
  registry: URL,
  to: URL,
  { from = registry, allowHosts = [] }: RefusalOptions = {},
): string | undefined {
  if (to.protocol !== "https:" && to.protocol !== "http:") {
    return `${to.protocol} is not http or https`;
  }
  if (to.username !== "" || to.password !== "") {
    return "its URL holds a user name or a password";
  }
  const isSecure = [registry, from].some(({ protocol }) =>
    protocol === "https:"
  );
  if (isSecure && to.protocol === "http:") {
    return "that would leave https for http";
  }
  const zone = addressZone(to.hostname);
  if (
    zone === "public" || isOpenTo(registry, to, zone) ||
    allowHosts.some((entry) => isAllowed(entry, to))
  ) return undefined;
  return `${to.hostname} is in a ${zone} network. Where that is meant, pass ` +
    `--allow-host ${to.hostname} (in a program: the option allowHosts)`;
}

/** Whether a registry is where it may lead into that zone. */
function isOpenTo(registry: URL, to: URL, zone: AddressZone): boolean {
  // A registry that is in the zone itself may name its other ports.
  if (plainName(registry) === plainName(to)) return true;
  const near = addressZone(registry.hostname);
  return zone === "private"
    ? near === "private" || near === "loopback"
    : zone === "loopback" && near === "loopback";
}

/**
 * Whether an entry of {@linkcode RefusalOptions.allowHosts} names the host of a
 * URL.
 */
export function isAllowed(entry: string, to: URL): boolean {
  const [, host = "", port] = /^(.*?)(?::(\d{1,5}))?$/s.exec(entry) ?? [];
  if (port !== undefined && Number(port) !== portOf(to)) return false;
  // Spelled as URLs spell it: `0x7f.1` is 127.0.0.1.
  const url = `http://${host}/`;
  return /^[^/?#@\\\s]+$/.test(host) && URL.canParse(url) &&
    plainName(new URL(url)) === plainName(to);
}

function plainName({ hostname }: URL): string {
  return hostname.replace(/\.+$/, "");
}

function portOf({ port, protocol }: URL): number {
  return port !== "" ? Number(port) : protocol === "https:" ? 443 : 80;
}
