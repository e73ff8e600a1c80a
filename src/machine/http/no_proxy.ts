import { BlockList, isIP } from "node:net";

/**
 * Whether `NO_PROXY` names a host. It holds, separated by commas: `*` for all
 * hosts, `host` for a name and all under it, `.host` for all under it, addresses, and
 * networks like `10.0.0.0/8`. All but networks may have a port.
 *
 * @param host Name or address, IPv6 without brackets.
 * @param port Its port, also where it is the usual one.
 * @see {@link https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config}
 */
export function isNamedIn(
  noProxy: string,
  host: string,
  port: string,
): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  return noProxy.split(",").some((part) => {
    const entry = part.trim().toLowerCase();
    return entry !== "" && matches(entry, name, port);
  });
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const network = /^([\d.]+|[\da-f:.]+)\/(\d+)$/.exec(entry);
  if (network) return isInside(host, network[1] ?? "", Number(network[2]));
  const [, name = "", itsPort] = isIP(entry)
    ? [entry, entry]
    : /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
  if (itsPort !== undefined && itsPort !== port) return false;
  if (isIP(name)) return isIP(host) !== 0 && isInside(host, name);
  const suffix = name.replace(/^\*?\./, ".");
  return suffix.startsWith(".")
    ? host.endsWith(suffix) && suffix !== "."
    : host === suffix || (suffix !== "" && host.endsWith(`.${suffix}`));
}

function isInside(host: string, network: string, prefix?: number): boolean {
  const families = { 4: "ipv4", 6: "ipv6" } as const;
  const [family, theirs] = [isIP(host), isIP(network)];
  if (family === 0 || theirs === 0) return false;
  // To some runtimes IPv4 is a part of IPv6, so that `::/0` would be all hosts.
  if (family < theirs && prefix !== undefined && prefix < 96) return false;
  const hosts = new BlockList();
  try {
    if (prefix === undefined) {
      hosts.addAddress(network, families[theirs as 4 | 6]);
    } else {
      hosts.addSubnet(network, prefix, families[theirs as 4 | 6]);
    }
  } catch {
    return false;
  }
  return hosts.check(host, families[family as 4 | 6]);
}
