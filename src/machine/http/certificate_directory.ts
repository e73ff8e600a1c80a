import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ScratchbuildError } from "../../spec/error.ts";
import { errorCode, errorMeaning } from "../system_error.ts";
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

/** Where docker and podman look. */
export const CERTIFICATE_DIRECTORIES: readonly string[] = [
  "/etc/containers/certs.d",
  "/etc/docker/certs.d",
];

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
  // An IPv6 address has colons of its own, but ends with a bracket.
  const names = /:\d+$/.test(host) ? [host] : [host, `${host}:443`];
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
