import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

const debianPackages = {
  buildah: "buildah",
  busybox: "busybox-static",
  chromium: "chromium",
  "docker-registry": "docker-registry",
  getfattr: "attr",
  git: "git",
  gzip: "gzip",
  htpasswd: "apache2-utils",
  openssl: "openssl",
  podman: "podman",
  python3: "python3",
  runc: "runc",
  script: "bsdutils",
  setcap: "libcap2-bin",
  setpriv: "util-linux",
  setfattr: "attr",
  skopeo: "skopeo",
  stat: "coreutils",
  strace: "strace",
  tar: "tar",
  taskset: "util-linux",
  touch: "coreutils",
  umoci: "umoci",
  zstd: "zstd",
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
