import process from "node:process";
import { permits } from "./permits.ts";

/** Environment variables by their names. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** How connections to a registry, and to where it leads, are made. */
export interface ConnectionOptions {
  /**
   * Certificates of authorities, in PEM form, that are trusted besides those
   * that the runtime trusts, the ones in the file `SSL_CERT_FILE` names, and
   * the ones in `certificateDirectories`.
   *
   * @default {[]}
   */
  readonly ca?: string | readonly string[];
  /**
   * The certificate, in PEM form, that the registry's own host gets to know us
   * by. It takes the place of one in `certificateDirectories`.
   */
  readonly cert?: string;
  /** The private key of `cert`, in PEM form. */
  readonly key?: string;
  /**
   * Directories that hold one directory for each host, named `HOST` or
   * `HOST:PORT`. In there, `*.crt` are authorities that are trusted for that
   * host, and `NAME.cert` with `NAME.key` is the certificate that it gets to
   * know us by.
   *
   * @default {those of podman and docker: ~/.config/containers/certs.d, /etc/containers/certs.d, /etc/docker/certs.d; on Windows the first one and %ProgramData%\docker\certs.d}
   * @see {@link https://docs.docker.com/engine/security/certificates/}
   */
  readonly certificateDirectories?: readonly string[];
  /**
   * Milliseconds until a connection has to stand: the name looked up, TLS
   * agreed on. Where there is a proxy, it has as long for its own part.
   *
   * @default {10_000}
   */
  readonly connectTimeout?: number;
  /**
   * Environment variables. `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and
   * `NO_PROXY`, also in lower case, `SSL_CERT_FILE` and `HOME` (on Windows
   * `USERPROFILE` and `ProgramData`) are read.
   *
   * @default {process.env}
   */
  readonly env?: Variables;
}

/** One environment variable; none where it is empty or must not be read. */
export function variable(
  name: string,
  env: Variables | undefined,
): string | undefined {
  if (env) return env[name] || undefined;
  return permits({ name: "env", variable: name })
    ? process.env[name] || undefined
    : undefined;
}
