import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { registryHost } from "../../registry/endpoint.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { errorCode, errorMeaning } from "../system_error.ts";
import { variable, type Variables } from "./connection_options.ts";
import { permits } from "./permits.ts";

/** What TLS with one host goes by, besides the usual. */
export interface HostCertificates {
  /** Authorities that are trusted, in PEM form. */
  readonly ca: readonly string[];
  /** The certificate that the host gets to know us by, in PEM form. */
  readonly cert?: string;
  /** Its private key, in PEM form. */
  readonly key?: string;
}

/**
 * Where docker and podman look, the user's own directory first.
 *
 * @param env The variables; `process.env` unless told.
 * @param platform The system, as `process.platform` names it.
 * @see {@link https://github.com/containers/image/blob/main/docs/containers-certs.d.5.md}
 */
export function usualCertificateDirectories(
  env?: Variables,
  platform: string = process.platform,
): readonly string[] {
  const onWindows = platform === "win32";
  const home = variable(onWindows ? "USERPROFILE" : "HOME", env);
  const data = onWindows ? variable("ProgramData", env) : undefined;
  return [
    ...(home ? [join(home, ".config", "containers", "certs.d")] : []),
    // On Windows every user may make a directory /etc.
    ...(onWindows ? [] : ["/etc/containers/certs.d", "/etc/docker/certs.d"]),
    ...(data ? [join(data, "docker", "certs.d")] : []),
  ];
}

/**
 * Reads the certificates for a host from directories in docker's form. Those
 * that are not there, and those that must not be read, hold none.
 *
 * @param host `HOST` or `HOST:PORT`, as in a URL.
 * @throws {ScratchbuildError} Code `USAGE` where a certificate has no key
 * beside it, or a file cannot be read.
 * @see {@link https://docs.docker.com/engine/security/certificates/}
 */
export function readHostCertificates(
  directories: readonly string[],
  host: string,
): HostCertificates {
  const names = directoryNames(host);
  const ca: string[] = [];
  let own: Pick<HostCertificates, "cert" | "key"> = {};
  for (const directory of directories) {
    for (const name of names) {
      const path = join(directory, name);
      const files = list(path);
      for (const file of files) {
        if (file.endsWith(".crt")) ca.push(readPem(join(path, file)));
        if (!file.endsWith(".cert") || own.cert !== undefined) continue;
        const keyFile = file.replace(/\.cert$/, ".key");
        if (!files.includes(keyFile)) {
          throw new ScratchbuildError(
            `Cannot use the certificate ${join(path, file)}: its key, ` +
              `${keyFile}, is not beside it`,
            { code: "USAGE" },
          );
        }
        own = {
          cert: readPem(join(path, file)),
          key: readPem(join(path, keyFile)),
        };
      }
    }
  }
  return { ca, ...own };
}

/** What a host's directory may be called. */
function directoryNames(host: string): string[] {
  // An IPv6 address has colons of its own, but ends with a bracket.
  const names = /:\d+$/.test(host) ? [host] : [host, `${host}:443`];
  // Podman and containerd go by the name in the reference.
  if (host === registryHost("docker.io")) names.push("docker.io");
  // No file of Windows has a colon in its name, so that docker leaves it out.
  return process.platform === "win32"
    ? names.map((name) => name.replaceAll(":", ""))
    : names;
}

function list(path: string): string[] {
  if (!permits({ name: "read", path })) return [];
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

/**
 * Reads a file of certificates or a key.
 *
 * @param name What the file is called for a person.
 * @throws {ScratchbuildError} Code `USAGE` where it cannot be read.
 */
export function readPem(path: string, name: string = path): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ScratchbuildError(
      `Cannot read the certificates in ${name}: ${errorMeaning(error)}` +
        (errorCode(error) === "EACCES" ? ". Make the file readable" : ""),
      { code: "USAGE", cause: error },
    );
  }
}
