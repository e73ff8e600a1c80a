import { ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";

/** What Docker Hub goes by. */
const DOCKER_HUB = new Set([
  "docker.io",
  "index.docker.io",
  "registry-1.docker.io",
]);

/** What Docker keeps the credential of Docker Hub under. */
const DOCKER_HUB_KEY = "https://index.docker.io/v1/";

const REGISTRY = /^(?:[a-z0-9.-]+|\[[a-f0-9:]+\])(?::[0-9]{1,5})?$/;
const MAX_LENGTH = 300;

/** A key of a file of credentials, taken apart. */
interface Key {
  /** Host and port, as {@linkcode hostName} has them. */
  readonly host: string;
  /** The repository, or the path above several; empty where it names none. */
  readonly path: string;
  /** Whether it begins with `http://` or `https://`. */
  readonly isUrl: boolean;
}

/**
 * The name of a registry as references have it: `docker.io` for all that Docker
 * Hub goes by, in lower case, without a scheme and a path of its API.
 *
 * @throws {ScratchbuildError} Code `USAGE` where the text is no registry.
 */
export function registryName(text: string): string {
  const { host, path } = parseKey(text.slice(0, MAX_LENGTH + 1));
  if (text.length <= MAX_LENGTH && path === "" && REGISTRY.test(host)) {
    return host;
  }
  throw new ScratchbuildError(
    `Cannot take ${JSON.stringify(printable(text.slice(0, 80)))} for a ` +
      "registry: it is not a host with or without a port, such as ghcr.io or " +
      "localhost:5000",
    { code: "USAGE" },
  );
}

/** What a registry's credential is kept under, in files and by helpers. */
export function registryKey(registry: string): string {
  return registry === "docker.io" ? DOCKER_HUB_KEY : registry;
}

/** The keys that stand for a registry, or for parts of it. */
export interface MatchingKeys {
  /** Those of a path that the repository lies in, the longest one first. */
  readonly scoped: readonly string[];
  /** Those of the whole registry, the one that Docker would write first. */
  readonly whole: readonly string[];
  /**
   * URLs below the registry, such as `https://example.com/registry`. Docker
   * overlooks their paths.
   */
  readonly below: readonly string[];
}

/**
 * Finds the keys for a repository of a registry. Hosts match as a whole, with
 * their ports, and in any case: `ghcr.io`, `https://ghcr.io`, `ghcr.io/v2/` for
 * the registry, `ghcr.io/me` for every repository below `me`.
 *
 * @param registry As {@linkcode registryName} has it.
 * @see {@link https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md}
 */
export function matchingKeys(
  keys: Iterable<string>,
  registry: string,
  repository?: string,
): MatchingKeys {
  const scoped: { key: string; length: number }[] = [];
  const whole: string[] = [];
  const below: string[] = [];
  for (const key of keys) {
    const { host, path, isUrl } = parseKey(key);
    if (host !== registry) continue;
    if (path === "") {
      whole.push(key);
    } else if (`${repository ?? ""}/`.startsWith(`${path}/`)) {
      scoped.push({ key, length: path.length });
    } else if (isUrl && registry !== "docker.io") {
      // Below the URL of Docker Hub, Docker keeps other things.
      below.push(key);
    }
  }
  const rank = (key: string) =>
    key === registryKey(registry) ? 0 : key === registry ? 1 : 2;
  return {
    scoped: scoped.sort((a, b) => b.length - a.length).map(({ key }) => key),
    whole: whole.sort((a, b) => rank(a) - rank(b)),
    below,
  };
}

/** The keys of single repositories, or paths above some, of a registry. */
export function keysWithPaths(
  keys: Iterable<string>,
  registry: string,
): string[] {
  return [...keys].filter((key) => {
    const { host, path, isUrl } = parseKey(key);
    return host === registry && path !== "" && !isUrl;
  });
}

function parseKey(key: string): Key {
  const scheme = /^https?:\/\//i.exec(key)?.[0] ?? "";
  const [host = "", ...rest] = key.slice(scheme.length).split("/");
  const path = rest.filter((part) => part !== "").join("/");
  const isApi = path === "v1" || path === "v2";
  return {
    host: hostName(host),
    path: isApi ? "" : path,
    isUrl: scheme !== "",
  };
}

function hostName(text: string): string {
  const host = text.toLowerCase();
  return DOCKER_HUB.has(host) ? "docker.io" : host;
}
