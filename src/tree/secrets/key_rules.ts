import type { FileRule } from "./file_rule.ts";

/** Private keys, and stores of them. */
export const keyRules: readonly FileRule[] = [
  {
    what: "a private key",
    name: /^id_(?:rsa|dsa|ecdsa|ed25519|ecdsa_sk|ed25519_sk)$/,
    isPackaged: true,
  },
  {
    what: "a private key",
    name:
      /\.(?:pem|key|p8|pk8|ppk|asc|gpg|pgp|crt|cer|cert|ovpn)$|(?:^|[._-])(?:rsa|dsa|ecdsa|ed25519|key|privkey|privatekey)$/,
    holds: (text) => PRIVATE_KEY.test(text),
    isPackaged: true,
  },
  {
    what: "a private key",
    // Any name will do there.
    name: /^[^.]+$/,
    parent: ".ssh",
    holds: (text) => PRIVATE_KEY.test(text),
  },
  {
    what: "a key store",
    name: /\.(?:p12|pfx|jks|keystore|bcfks)$/,
    isPackaged: true,
  },
  {
    what: "the key of a service account",
    // Google calls them `project-0123456789ab.json`.
    name:
      /(?:(?:service[._-]?account|credential|secret|key|gcp|gcloud|google|firebase|adminsdk).*|-[0-9a-f]{12})\.json$/,
    holds: (text) =>
      /"type"\s*:\s*"service_account"/.test(text) &&
      /"private_key"\s*:\s*"-----BEGIN /.test(text),
    isPackaged: true,
  },
  {
    what: "a master key",
    name: /^master\.key$/,
    parent: "config",
    isPackaged: true,
  },
];

/**
 * The first line of a private key, of PEM (also in OpenSSH's form), OpenPGP or
 * PuTTY.
 */
const PRIVATE_KEY =
  /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----|^PuTTY-User-Key-File-\d/m;
