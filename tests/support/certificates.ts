import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runOk } from "./run.ts";
import { withTempDir } from "./temp_dir.ts";

/** A certificate and its key, in PEM form, and the files that hold them. */
export interface Certificate {
  /** The certificate of the authority that made it. */
  readonly caCert: string;
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** What a private authority made. */
export interface Certificates {
  /** The directory of the files. */
  readonly directory: string;
  /** The authority itself. */
  readonly ca: Certificate;
  /** For localhost, 127.0.0.1, ::1 and registry.test. */
  readonly server: Certificate;
  /** For a client. */
  readonly client: Certificate;
}

const NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
  .split(" ");

/** Lends certificates of a private authority, which openssl makes. */
export function withCertificates<T>(
  use: (certificates: Certificates) => Promise<T>,
): Promise<T> {
  return withTempDir(async (directory) => {
    const file = (name: string) => join(directory, name);
    const openssl = (...args: string[]) => runOk("openssl", args);
    const read = async (name: string): Promise<Certificate> => ({
      caCert: await readFile(file("ca.crt"), "utf8"),
      certFile: file(`${name}.crt`),
      keyFile: file(`${name}.key`),
      cert: await readFile(file(`${name}.crt`), "utf8"),
      key: await readFile(file(`${name}.key`), "utf8"),
    });
    await openssl(
      ...["req", "-x509", ...NEW_KEY, "-subj", "/CN=a private authority"],
      ...["-keyout", file("ca.key"), "-out", file("ca.crt")],
    );
    const issue = async (name: string, hosts: string) => {
      await writeFile(file(`${name}.ext`), `subjectAltName=${hosts}\n`);
      await openssl(
        ...["req", ...NEW_KEY.slice(0, -2), "-subj", `/CN=${name}`],
        ...["-keyout", file(`${name}.key`), "-out", file(`${name}.csr`)],
      );
      await openssl(
        ...["x509", "-req", "-days", "2", "-CAcreateserial"],
        ...["-CA", file("ca.crt"), "-CAkey", file("ca.key")],
        ...["-in", file(`${name}.csr`), "-out", file(`${name}.crt`)],
        ...["-extfile", file(`${name}.ext`)],
      );
      return await read(name);
    };
    return await use({
      directory,
      server: await issue(
        "server",
        "DNS:localhost,DNS:registry.test,IP:127.0.0.1,IP:::1",
      ),
      client: await issue("client", "DNS:client.test"),
      ca: await read("ca"),
    });
  });
}
