/**
 * Packs the npm artefact: what `deno pack` makes, completed, as
 * `dist/scratchbuild-<version>.tgz`; the same bytes each time.
 *
 * @module
 */

import { unpackTar } from "modern-tar";
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import {
  bundledDependency,
  completeManifest,
  withoutEngines,
} from "./npm_manifest.ts";
import { npmTarball } from "./npm_tarball.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Packs the artefact and gives its path. */
export async function buildNpm(): Promise<string> {
  const files = new Map<string, Uint8Array>();
  for (const { header, data } of await unpackTar(denoPack())) {
    const path = header.name.replace(/^package\//, "");
    // Sources that no module imports come along as they are.
    if (data && (!path.endsWith(".ts") || path.endsWith(".d.ts"))) {
      files.set(path, data);
    }
  }
  replaceText(
    files,
    "cli.js",
    (text) => text.replace(/^#!.*/, "#!/usr/bin/env node"),
  );
  const config = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"));
  replaceText(
    files,
    "package.json",
    (text) => json(completeManifest(JSON.parse(text), config)),
  );

  const bundled = join("node_modules", bundledDependency);
  for (const path of filesBelow(join(root, bundled))) {
    files.set(join(bundled, path), readFileSync(join(root, bundled, path)));
  }
  replaceText(
    files,
    join(bundled, "package.json"),
    (text) => json(withoutEngines(JSON.parse(text))),
  );

  const tarball = join(root, "dist", `scratchbuild-${config.version}.tgz`);
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(tarball, await npmTarball(files, ["cli.js"]));
  return tarball;
}

function denoPack(): Uint8Array {
  const directory = mkdtempSync(join(tmpdir(), "scratchbuild-pack-"));
  try {
    const output = join(directory, "package.tgz");
    // What it says is shown only with the error, should there be one: it warns
    // of modules for which it makes no types because no entry point needs them.
    execFileSync(process.execPath, [
      ...["pack", "--no-source-maps", "--allow-dirty", "--output", output],
    ], { cwd: root, stdio: "pipe" });
    return gunzipSync(readFileSync(output));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function replaceText(
  files: Map<string, Uint8Array>,
  path: string,
  replace: (text: string) => string,
): void {
  const bytes = files.get(path);
  if (!bytes) throw new Error(`Cannot complete the package: no ${path} in it`);
  const text = replace(new TextDecoder().decode(bytes));
  files.set(path, new TextEncoder().encode(text));
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesBelow(join(directory, entry.name)).map((path) =>
        join(entry.name, path)
      )
      : [entry.name]
  );
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

if (import.meta.main) console.log(await buildNpm());
