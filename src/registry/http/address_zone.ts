/**
 * Who can be reached under a host name or an address. What belongs to a single
 * cable, to the metadata service of a cloud, or to nobody counts as
 * `link-local`: no registry is there.
 */
export type AddressZone = "loopback" | "link-local" | "private" | "public";

/** The names under which clouds tell a machine its secrets. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  "metadata.google.internal",
  "metadata.goog",
  "instance-data.ec2.internal",
]);

/** The addresses under which they do so, beside those in 169.254.0.0/16. */
const METADATA_ADDRESSES: ReadonlySet<string> = new Set([
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
]);

/**
 * The zone that the host of a URL belongs to. Names other than `localhost` and
 * those of metadata services are public: what they resolve to is not looked at.
 *
 * @param hostname `hostname` of a `URL`, which has brought every spelling of
 * an IP address into one form.
 * @see {@link https://www.iana.org/assignments/iana-ipv4-special-registry/}
 * @see {@link https://www.iana.org/assignments/iana-ipv6-special-registry/}
 */
export function addressZone(hostname: string): AddressZone {
  if (hostname.startsWith("[")) return zoneOfIpv6(hostname.slice(1, -1));
  const name = hostname.replace(/\.+$/, "").toLowerCase();
  if (name === "localhost" || name.endsWith(".localhost")) return "loopback";
  if (METADATA_NAMES.has(name)) return "link-local";
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) {
    return zoneOfIpv4(name.split(".").map(Number));
  }
  return "public";
}

function zoneOfIpv4(address: readonly number[]): AddressZone {
  const [a = 0, b = 0, c = 0] = address;
  if (a === 127) return "loopback";
  if (METADATA_ADDRESSES.has(address.join("."))) return "link-local";
  // 0.0.0.0 reaches the machine itself, 169.254.169.254 its cloud's metadata;
  // from 224 on there are groups of hosts, and nobody.
  if (a === 0 || (a === 169 && b === 254) || a >= 224) return "link-local";
  if (
    a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b < 128) || (a === 198 && (b & 0xfe) === 18) ||
    (a === 192 && b === 0 && c === 0)
  ) return "private";
  return "public";
}

function zoneOfIpv6(text: string): AddressZone {
  const address = groupsOf(text);
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = address;
  const [sixth = 0, seventh = 0, eighth = 0] = address.slice(5);
  const isZero = (...groups: number[]) => groups.every((group) => group === 0);
  if (isZero(first, second, third, fourth)) {
    const isTranslated = fifth === 0xffff && sixth === 0;
    if (isTranslated || (fifth === 0 && sixth === 0xffff)) {
      return zoneOfIpv4(bytesOf(seventh, eighth));
    }
    if (isZero(fifth, sixth, seventh) && eighth === 1) return "loopback";
    if (isZero(fifth, sixth)) return "link-local";
  }
  // NAT64 and 6to4 carry the address of the host that is meant.
  if (first === 0x64 && second === 0xff9b) {
    return third === 1 ? "private" : zoneOfIpv4(bytesOf(seventh, eighth));
  }
  if (first === 0x2002) return zoneOfIpv4(bytesOf(second, third));
  if (first === 0xfd00 && second === 0xec2) return "link-local";
  if ((first & 0xffc0) === 0xfe80 || first >= 0xff00) return "link-local";
  if ((first & 0xfe00) === 0xfc00) return "private";
  if ((first & 0xffc0) === 0xfec0) return "private";
  return "public";
}

/** The eight groups of an IPv6 address. */
function groupsOf(text: string): number[] {
  const [head = "", tail] = text.split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":");
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array(8 - before.length - after.length).fill("0");
  return [...before, ...zeros, ...after].map((group) => parseInt(group, 16));
}

/** The IPv4 address that two groups of an IPv6 address hold. */
function bytesOf(high: number, low: number): number[] {
  return [high >> 8, high & 255, low >> 8, low & 255];
}
