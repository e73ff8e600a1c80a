import { ScratchbuildError } from "../../spec/error.ts";
import { addressZone } from "../../registry/http/address_zone.ts";
import { variable, type Variables } from "./connection_options.ts";
import { isNamedIn } from "./no_proxy.ts";

/** A proxy that a request goes through. */
export interface Proxy {
  /** Where it is, without user name and password. */
  readonly url: URL;
  /** Value of the header `Proxy-Authorization`, where it wants one. */
  readonly authorization?: string;
  /** The variable that names it. */
  readonly variable: string;
}

/** For each protocol, the variables that are looked at, the first one first. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  "https:": ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
  "http:": ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
};

/**
 * The proxy that the environment wants for a URL. The rules are those of Go's
 * programs, as of docker and podman: the machine itself is never asked by a
 * proxy.
 *
 * @param env The variables; `process.env` unless told.
 * @returns `undefined` where the host is to be asked itself.
 * @throws {ScratchbuildError} Code `USAGE` where the variable holds no URL of a
 * proxy that is known here.
 * @see {@link https://pkg.go.dev/golang.org/x/net/http/httpproxy#FromEnvironment}
 */
export function proxyFor(url: URL, env?: Variables): Proxy | undefined {
  const names = VARIABLES[url.protocol] ?? [];
  const name = names.find((name) => variable(name, env) !== undefined);
  if (name === undefined || addressZone(url.hostname) === "loopback") {
    return undefined;
  }
  const noProxy = variable("NO_PROXY", env) ?? variable("no_proxy", env) ?? "";
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  if (isNamedIn(noProxy, host, port)) return undefined;
  return parseProxy(variable(name, env) ?? "", name);
}

function parseProxy(text: string, variable: string): Proxy {
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text)
    ? text
    : `http://${text}`;
  const parsed = URL.canParse(address) ? new URL(address) : undefined;
  if (!parsed?.hostname || !/^https?:$/.test(parsed.protocol)) {
    const what = parsed?.hostname
      ? `proxies by ${parsed.protocol.slice(0, -1)} are not known here`
      : "it holds no URL";
    throw new ScratchbuildError(
      `Cannot use the proxy in ${variable}: ${what}. ` +
        "Write http://HOST:PORT or https://HOST:PORT",
      { code: "USAGE" },
    );
  }
  const { username, password, protocol, host } = parsed;
  const account = `${decode(username)}:${decode(password)}`;
  const authorization = username || password
    ? `Basic ${base64(account)}`
    : undefined;
  return { url: new URL(`${protocol}//${host}/`), authorization, variable };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** A password with a `%` of its own in it is taken as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
