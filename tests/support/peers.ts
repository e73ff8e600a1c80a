import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

const debianPackages = {
  busybox: "busybox-static",
  "docker-registry": "docker-registry",
  gzip: "gzip",
  htpasswd: "apache2-utils",
  openssl: "openssl",
  runc: "runc",
  script: "bsdutils",
  setpriv: "util-linux",
  skopeo: "skopeo",
  tar: "tar",
  umoci: "umoci",
};

/** A program of somebody else's that tests use as an oracle. */
export type Peer = keyof typeof debianPackages;

/**
 * The `skip` option of a test that needs other people's programs: `false` where
 * all of them are installed, else which are missing and what to install.
 */
export function skipWithout(...peers: Peer[]): string | false {
  const missing = peers.filter((peer) => !isInstalled(peer));
  return missing.length > 0 &&
    missing.map((peer) =>
      `needs ${peer} (Debian package ${debianPackages[peer]})`
    ).join(", ");
}

function isInstalled(program: string): boolean {
  const directories = (process.env.PATH ?? "").split(delimiter);
  return directories.some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
