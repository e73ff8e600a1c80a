import { isLoopback } from "../../registry/endpoint.ts";
import { quoted, usageError } from "../parse/usage_error.ts";

/** A repository that `--name` and `--regurl` name. */
export interface SeedReference {
  /** The reference, with the registry in it. */
  readonly text: string;
  /** Whether the URL asks for plain HTTP. */
  readonly insecure: boolean;
}

/**
 * Joins `--name` and `--regurl` to a reference.
 *
 * @param insecure Whether `--insecure` was given: `http://` alone is not enough
 * for a registry on another computer.
 * @throws {ScratchbuildError} Code `USAGE`.
 */
export function seedReference(
  name: string,
  regurl: string | undefined,
  insecure: boolean,
): SeedReference {
  if (regurl === undefined) {
    throw usageError(
      "Cannot use --name without --regurl, the registry, as in " +
        "https://eu.gcr.io; or write both as one argument, eu.gcr.io/me/app",
    );
  }
  const url = URL.canParse(regurl) ? new URL(regurl) : undefined;
  const plain = url?.protocol === "http:";
  const bare = url && url.pathname === "/" && url.search + url.hash === "" &&
    url.username + url.password === "";
  if (!bare || !(plain || url.protocol === "https:")) {
    throw usageError(
      `Cannot use --regurl: ` +
        "write https:// and a host, as in https://eu.gcr.io",
    );
  }
  if (plain && !insecure && !isLoopback(url)) {
    throw usageError(
      `Cannot use --regurl ${quoted(regurl)}: plain HTTP to another computer ` +
        "shows the password to everyone between; write https://, or add " +
        "--insecure",
    );
  }
  return { text: `${registryOf(url)}/${name}`, insecure: plain || insecure };
}

/** A host without a dot and without a port would be read as a repository. */
function registryOf({ host, hostname, protocol }: URL): string {
  if (/[.:]/.test(host) || hostname === "localhost") return host;
  return `${host}:${protocol === "http:" ? 80 : 443}`;
}
