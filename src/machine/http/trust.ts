import { createPrivateKey, X509Certificate } from "node:crypto";
import * as tls from "node:tls";
import type { SecureContext } from "node:tls";
import { ScratchbuildError } from "../../spec/error.ts";
import {
  readHostCertificates,
  readPem,
  usualCertificateDirectories,
} from "./certificate_directory.ts";
import { type ConnectionOptions, variable } from "./connection_options.ts";

/**
 * What TLS with a host goes by, where that is more than what the runtime does
 * by itself. What the runtime trusts is trusted in any case.
 *
 * @param host `HOST` or `HOST:PORT`, as in a URL.
 * @param isOwn Whether it is the registry's own, which alone gets to see the
 * certificate of the options.
 * @throws {ScratchbuildError} Code `USAGE` where a certificate or a key is none.
 */
export function trustFor(
  host: string,
  isOwn: boolean,
  options: ConnectionOptions,
): SecureContext | undefined {
  const { env } = options;
  const directories = options.certificateDirectories ??
    usualCertificateDirectories(env);
  const found = readHostCertificates(directories, host);
  const { cert, key } = isOwn && options.cert !== undefined ? options : found;
  const file = variable("SSL_CERT_FILE", env);
  const ca = [
    ...[options.ca ?? []].flat(),
    ...(file === undefined ? [] : [readPem(file, `SSL_CERT_FILE, ${file}`)]),
    ...found.ca,
  ];
  if (ca.length === 0 && cert === undefined) return undefined;
  if (!ca.every((text) => text.includes("-----BEGIN "))) {
    throw unusable(host, "what is to be trusted is no certificate in PEM form");
  }
  const trusted = ca.length === 0 ? {} : { ca: [...usualRoots(host), ...ca] };
  try {
    checkKey(cert, key);
    return tls.createSecureContext({ ...trusted, cert, key });
  } catch (error) {
    const why = "one is damaged, or the key is not that of the certificate";
    throw unusable(host, why, error);
  }
}

/** Not every runtime looks at that before it is too late to tell why. */
function checkKey(cert: string | undefined, key: string | undefined): void {
  if (cert === undefined) return;
  const isPair = key !== undefined &&
    new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  if (!isPair) throw new Error("the key is not that of the certificate");
}

/** What the runtime trusts; a list of our own takes the place of it. */
function usualRoots(host: string): readonly string[] {
  // Node 20 has no such function.
  const { getCACertificates, rootCertificates } = tls as Partial<typeof tls>;
  if (getCACertificates) {
    try {
      return getCACertificates("default");
    } catch (error) {
      const why = "what the runtime trusts cannot be read. On Deno, pass " +
        "--allow-sys and --allow-env";
      throw unusable(host, why, error);
    }
  }
  const extra = variable("NODE_EXTRA_CA_CERTS", undefined);
  return [
    ...rootCertificates ?? [],
    ...(extra === undefined ? [] : [readPem(extra, "NODE_EXTRA_CA_CERTS")]),
  ];
}

function unusable(
  host: string,
  why: string,
  cause?: unknown,
): ScratchbuildError {
  return new ScratchbuildError(
    `Cannot use the certificates for ${host}: ${why}`,
    { code: "USAGE", cause },
  );
}
