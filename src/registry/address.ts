/** Who can be reached under a host name or an address. */
export type AddressZone = "loopback" | "link-local" | "private" | "public";

/**
 * The zone that the host of a URL belongs to. Names other than `localhost` are
 * public: what they resolve to is not looked at.
 *
 * @param hostname `hostname` of a `URL`, which has brought every spelling of
 * an IP address into one form.
 * @see {@link https://www.iana.org/assignments/iana-ipv4-special-registry/}
 * @see {@link https://www.iana.org/assignments/iana-ipv6-special-registry/}
 */
export function addressZone(hostname: string): AddressZone {
  if (hostname.startsWith("[")) return zoneOfIpv6(hostname.slice(1, -1));
  const name = hostname.replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost")) return "loopback";
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) {
    return zoneOfIpv4(name.split(".").map(Number));
  }
  return "public";
}

function zoneOfIpv4([a = 0, b = 0]: readonly number[]): AddressZone {
  if (a === 127) return "loopback";
  // 0.0.0.0 reaches the machine itself, 169.254.169.254 its cloud's metadata.
  if (a === 0 || (a === 169 && b === 254)) return "link-local";
  if (
    a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b < 128)
  ) return "private";
  return "public";
}

function zoneOfIpv6(text: string): AddressZone {
  const [head = "", tail] = text.split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":");
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array(8 - before.length - after.length).fill("0");
  const address = [...before, ...zeros, ...after].map((g) => parseInt(g, 16));
  const [first = 0, second = 0] = address;
  const high = address.slice(0, 5);
  const [sixth = 0, seventh = 0, eighth = 0] = address.slice(5);
  const ipv4 = [seventh >> 8, seventh & 255];
  if (high.every((group) => group === 0)) {
    if (sixth === 0xffff) return zoneOfIpv4(ipv4);
    if (sixth === 0 && seventh === 0 && eighth === 1) return "loopback";
    if (sixth === 0) return "link-local";
  }
  if (first === 0x64 && second === 0xff9b) return zoneOfIpv4(ipv4);
  if ((first & 0xffc0) === 0xfe80) return "link-local";
  if ((first & 0xfe00) === 0xfc00) return "private";
  return "public";
}

/**
 * Why a URL that a server named must not be contacted. A registry on the public
 * network could otherwise have this machine ask hosts that only this machine
 * can reach, or have it give up TLS.
 *
 * @param from The URL whose answer named the other one.
 * @param to The URL that it named.
 * @returns `undefined` where it may be contacted.
 */
export function refusal(from: URL, to: URL): string | undefined {
  if (to.protocol !== "https:" && to.protocol !== "http:") {
    return `${to.protocol} is not http or https`;
  }
  if (to.username !== "" || to.password !== "") {
    return "its URL holds a user name or a password";
  }
  if (from.protocol === "https:" && to.protocol === "http:") {
    return "that would leave https for http";
  }
  if (to.hostname === from.hostname) return undefined;
  const [near, far] = [addressZone(from.hostname), addressZone(to.hostname)];
  if (
    far === "public" || (far === "private" && near !== "public") ||
    (far === "loopback" && near === "loopback")
  ) return undefined;
  return `${to.hostname} is an address of a ${far} network, and ${from.hostname} is not`;
}
