import { lookup as systemLookup, type LookupAddress } from "node:dns";
import { isIPv6, type LookupFunction } from "node:net";
import { isAllowed, refusal } from "../../registry/http/address.ts";
import { addressZone } from "../../registry/http/address_zone.ts";
import { ScratchbuildError } from "../../spec/error.ts";

/** What a {@linkcode checkedLookup} goes by. */
export interface CheckedLookupOptions {
  /**
   * Hosts that may have any address, as in {@linkcode TransportOptions}.
   *
   * @default {[]}
   */
  readonly allowHosts?: readonly string[];
  /**
   * Looks names up.
   *
   * @default {dns.lookup}
   */
  readonly lookup?: LookupFunction;
}

/**
 * Looks names up for connections, and leaves out the addresses that a registry
 * must not lead to: whoever owns a name can have it point into the network of
 * this machine, and a moment after it was looked at, too. The check is here
 * since a connection is made to what is found here, and to nothing else.
 *
 * What holds for addresses in a URL holds for those that are found: a registry
 * that is in a network itself may lead into it.
 *
 * @param registry The registry, whose own host and port may have any address.
 * @returns A function that makes the `lookup` of a connection to a URL.
 */
export function checkedLookup(
  registry: URL,
  { allowHosts = [], lookup = systemLookup as LookupFunction }:
    CheckedLookupOptions = {},
): (url: URL) => LookupFunction {
  let near = registry;
  return (url) => (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const found = addresses as unknown as readonly LookupAddress[];
      const isOwn = url.host === registry.host;
      if (error || found.length === 0) return callback(error, [], 0);
      if (isOwn) near = at(registry, farthest(found));
      const allowed = isOwn || allowHosts.some((entry) => isAllowed(entry, url))
        ? found
        : found.filter((to) => refusal(near, at(url, to)) === undefined);
      const [first] = allowed;
      if (!first) {
        callback(refused(url, farthest(found), registry), [], 0);
      } else if (options.all) {
        callback(null, [...allowed]);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}

/** The URL, but with an address in place of the name. */
function at(url: URL, { address }: LookupAddress): URL {
  const copy = new URL(url);
  copy.hostname = isIPv6(address) ? `[${address}]` : address;
  return copy;
}

function zoneOf({ address }: LookupAddress) {
  return addressZone(isIPv6(address) ? `[${address}]` : address);
}

/** Whoever has a public address can answer from there, whatever else it has. */
function farthest(addresses: readonly LookupAddress[]): LookupAddress {
  const far = addresses.find((address) => zoneOf(address) === "public");
  return (far ?? addresses[0]) as LookupAddress;
}

function refused(
  { host, hostname }: URL,
  to: LookupAddress,
  registry: URL,
): ScratchbuildError {
  return new ScratchbuildError(
    `Cannot reach ${host}: its name leads to ${to.address}, an address of a ` +
      `${zoneOf(to)} network, which ${registry.hostname} does not lead into ` +
      `unless you pass --allow-host ${hostname} (in a program: the option ` +
      "allowHosts)",
    { code: "NETWORK" },
  );
}
