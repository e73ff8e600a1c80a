import { execFileSync } from "node:child_process";
import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  symlinkSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { buildNpm } from "../scripts/build_npm.ts";
import { installRuntimes, runtimePath } from "../scripts/runtimes.ts";
import type { Command } from "./measure.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Other people's programs, with the Debian package that each is in. */
const debianPackages = {
  "docker-registry": "docker-registry",
  tar: "tar",
  pigz: "pigz",
  zstd: "zstd",
  buildah: "buildah",
  skopeo: "skopeo",
} as const;

/** A program of somebody else's. */
export type ProgramName = keyof typeof debianPackages;

/** Which programs are missing, and what to install. */
export function missingPrograms(): Map<ProgramName, string> {
  const names = Object.keys(debianPackages) as ProgramName[];
  return new Map(
    names.filter((name) => !isInstalled(name))
      .map((name) => [name, debianPackages[name]]),
  );
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A runtime, and how scratchbuild is run on it. */
export interface Runtime {
  /** What people know it by. */
  readonly name: string;
  /** Its executable. */
  readonly program: string;
  /** The arguments of the program that come before those of scratchbuild. */
  readonly cli: readonly string[];
  /** The same, for a script that does nothing. */
  readonly empty: readonly string[];
}

/**
 * Prepares scratchbuild for the three runtimes, as people have it: on Deno the
 * sources, as from JSR, and on Bun and Node the npm package.
 *
 * @param directory Where the package is unpacked.
 */
export async function prepareRuntimes(directory: string): Promise<Runtime[]> {
  installRuntimes();
  const modules = join(directory, "node_modules");
  const place = join(modules, "scratchbuild");
  mkdirSync(place, { recursive: true });
  execFileSync("tar", [
    ...["-xzf", await buildNpm(), "-C", place, "--strip-components=1"],
  ]);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name.startsWith(".")) continue;
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  const empty = join(root, "bench", "empty.mjs");
  const cli = join(place, "cli.js");
  const deno = ["run", "-A"];
  return [
    {
      name: "Deno",
      program: process.execPath,
      cli: [...deno, join(root, "cli.ts")],
      empty: [...deno, empty],
    },
    {
      name: "Bun",
      program: runtimePath("bun"),
      cli: [cli],
      empty: [empty],
    },
    {
      name: "Node",
      program: runtimePath("node"),
      cli: [cli],
      empty: [empty],
    },
  ];
}

/** Where Deno keeps what it has compiled. */
export function denoDirectory(): string {
  const output = execFileSync(process.execPath, ["info", "--json"], {
    encoding: "utf8",
  });
  return (JSON.parse(output) as { denoDir: string }).denoDir;
}

/** A command line of scratchbuild. */
export function scratchbuild(
  { program, cli }: Runtime,
  ...args: string[]
): Command {
  return [program, ...cli, ...args];
}

/** The first line that a program says of its version. */
export function versionOf(program: string): string {
  const output = execFileSync(program, ["--version"], { encoding: "utf8" });
  return output.split("\n", 1)[0]?.trim() ?? "";
}
