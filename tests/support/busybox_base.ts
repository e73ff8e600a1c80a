import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { bytesSource } from "../../src/bytes/byte_source.ts";
import type { ContainerImage } from "../../src/image/container_image.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { Entry } from "../../src/tar/entry.ts";

/** Seconds since 1970 of what is in the base. */
export const BASE_TIME = 1_600_000_000;

/** Directories of the base: mode in octal, and owner. */
export const BASE_DIRECTORIES: Readonly<Record<string, [string, string]>> = {
  etc: ["750", "0:0"],
  root: ["700", "0:0"],
  srv: ["2755", "5:6"],
  tmp: ["1777", "0:0"],
  usr: ["755", "0:0"],
  "usr/bin": ["755", "0:0"],
  "usr/lib": ["755", "0:0"],
  "usr/sbin": ["755", "0:0"],
};

/** Symbolic links of the base, as a system with merged `/usr` has them. */
export const BASE_LINKS: Readonly<Record<string, string>> = {
  bin: "usr/bin",
  lib: "usr/lib",
  sbin: "usr/sbin",
};

/**
 * The image of a small system of two layers: a static busybox under two names
 * of one file, a setuid file, and what {@linkcode BASE_DIRECTORIES} and
 * {@linkcode BASE_LINKS} say. The upper layer has `/srv` and `/etc` anew.
 */
export async function busyboxBase(): Promise<ContainerImage> {
  const directory = (path: string): Entry => {
    const [mode, owner] = BASE_DIRECTORIES[path] ?? ["755", "0:0"];
    const [uid, gid] = owner.split(":").map(Number);
    return { type: "directory", path, mode: parseInt(mode, 8), uid, gid };
  };
  const file = (path: string, mode: number): Entry => ({
    ...{ type: "file", path, mode, body: `${path}\n` },
  });
  const busybox = new Uint8Array(readFileSync(findBusybox()));
  const lower = await createLayer([
    ...Object.keys(BASE_DIRECTORIES)
      .filter((path) => path !== "srv").map(directory),
    { type: "directory", path: "srv", mode: 0o700 },
    ...Object.entries(BASE_LINKS).map(([path, target]): Entry => ({
      ...{ type: "symlink", path, target },
    })),
    {
      ...{ type: "file", path: "usr/bin/busybox", mode: 0o755 },
      body: bytesSource(busybox),
    },
    { type: "hardlink", path: "usr/bin/sh", target: "usr/bin/busybox" },
    file("usr/bin/su", 0o4755),
    file("usr/sbin/old", 0o755),
  ], { mtime: BASE_TIME });
  const upper = await createLayer([
    ...[directory("etc"), directory("srv"), directory("usr")],
    directory("usr/sbin"),
    file("etc/passwd", 0o644),
    { type: "whiteout", path: "usr/sbin/old" },
  ], { mtime: BASE_TIME });
  return await createImage({
    layers: [lower, upper],
    config: { Env: ["PATH=/usr/bin:/bin"], Cmd: ["/bin/sh"] },
  });
}

function findBusybox(): string {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(directory, "busybox");
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // It is in another one.
    }
  }
  throw new Error("busybox is not installed");
}
