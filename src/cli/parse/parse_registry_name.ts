import { parseReference } from "../../registry/reference.ts";
import { quoted, usageError, withoutUser } from "./usage_error.ts";

const DOCKER_HUB = "docker.io";
/** Other names of Docker Hub, which people find in files and in URLs. */
const ALIASES: readonly string[] = ["index.docker.io", "registry-1.docker.io"];

/**
 * Parses a registry as `login` and `logout` take it: a host, with `https://`
 * before it and `/`, `/v1/` or `/v2/` behind it where somebody copied them.
 *
 * @returns The registry as references name it: `docker.io`, `localhost:5000`.
 * @throws {ScratchbuildError} Code `USAGE`.
 */
export function parseRegistryName(text: string): string {
  const refuse = (why: string) =>
    usageError(`Cannot use the registry ${quoted(withoutUser(text))}: ${why}`);
  if (/^http:/i.test(text)) {
    throw refuse("leave http:// out, and add --insecure for plain HTTP");
  }
  const host = text.replace(/^https:\/\//i, "").replace(/(?:\/v[12])?\/?$/, "")
    .toLowerCase();
  if (host.includes("/")) {
    throw refuse("write the registry alone, without a repository");
  }
  let registry: string | undefined;
  try {
    registry = parseReference(`${host}/name`).registry;
  } catch {
    // Said below.
  }
  if (registry === undefined || !URL.canParse(`https://${host}`)) {
    throw refuse("write a host, as in ghcr.io or localhost:5000");
  }
  if (ALIASES.includes(host)) return DOCKER_HUB;
  if (registry === host) return host;
  throw refuse(
    `a reference would take it for a repository on Docker Hub; write the host ` +
      `in full, or with its port, as in ${host}:443`,
  );
}
