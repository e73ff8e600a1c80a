import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The versions that the project is developed and tested with. */
export const runtimes = {
  deno: "2.9.6",
  bun: "1.4.5",
  node: "24.21.0",
} as const;

const directory = fileURLToPath(
  new URL("../.cache/runtimes/", import.meta.url),
);

/** Where {@linkcode installRuntimes} puts a runtime's executable. */
export function runtimePath(name: "bun" | "node"): string {
  return `${directory}node_modules/.bin/${name}`;
}

/** Fetches Bun and Node through npm, unless they are there already. */
export function installRuntimes(): void {
  const { bun, node } = runtimes;
  const manifest = JSON.stringify({
    private: true,
    dependencies: { bun, node },
    // Their install scripts put the executable for this machine in place.
    allowScripts: { bun: true, node: true },
  });
  const manifestPath = `${directory}package.json`;
  const installed = existsSync(runtimePath("bun")) &&
    existsSync(runtimePath("node")) &&
    readFileSync(manifestPath, "utf8") === manifest;
  if (installed) return;
  mkdirSync(directory, { recursive: true });
  writeFileSync(manifestPath, manifest);
  execFileSync(
    "npm",
    ["install", "--prefix", directory, "--no-audit", "--no-fund"],
    { stdio: "inherit" },
  );
}
