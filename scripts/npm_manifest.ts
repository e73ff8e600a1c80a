const repository = "https://github.com/x/scratchbuild.git";

/**
 * The one dependency that comes inside the package. It asks for Node 24 though
 * it runs on Node 20; `npm ci` refuses it there even as part of a bundle, unless
 * its manifest asks for nothing.
 */
export const bundledDependency = "libdeflate";

/** What this script reads in a `package.json`. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** What this script reads in `deno.json`. */
export interface DenoConfig {
  readonly imports: Readonly<Record<string, string>>;
}

/** Adds to the manifest of `deno pack` what it does not write. */
export function completeManifest(
  manifest: Manifest,
  config: DenoConfig,
): Manifest {
  const dependencies = Object.fromEntries(
    Object.keys(manifest.dependencies ?? {}).sort().map((name) => [
      name,
      exactVersion(name, config),
    ]),
  );
  return {
    ...manifest,
    description:
      "Builds container images from directories and pushes them to registries, without Docker",
    keywords: [
      "container",
      "docker",
      "docker-image",
      "image",
      "layer",
      "oci",
      "registry",
      "scratch",
    ],
    repository: { type: "git", url: `git+${repository}` },
    bin: { scratchbuild: "./cli.js" },
    engines: { node: ">=20.19.0" },
    files: ["*.js", "*.d.ts", "src", "CHANGES.md"],
    sideEffects: ["./cli.js"],
    dependencies,
    bundleDependencies: [bundledDependency],
  };
}

/** A copy without the engines that it asks for. */
export function withoutEngines(manifest: Manifest): Manifest {
  const { engines: _, ...rest } = manifest;
  return rest;
}

/** The compressed bytes depend on the codec, so every version is exact. */
function exactVersion(name: string, { imports }: DenoConfig): string {
  const version = imports[name]?.match(/^npm:@?[^@]+@(\d+\.\d+\.\d+)$/)?.[1];
  if (version) return version;
  throw new Error(`Cannot pin ${name}: deno.json names no exact version of it`);
}
