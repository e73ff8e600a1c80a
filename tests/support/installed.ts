import { readdirSync } from "node:fs";
import { join, sep } from "node:path";
import process from "node:process";
import { runtimePath } from "../../scripts/runtimes.ts";

/** The directory that the packed artefact was installed into with npm. */
export const prefix: string = process.env.SCRATCHBUILD_NPM_PREFIX ?? "";

/** The packed artefact. */
export const tarball: string = process.env.SCRATCHBUILD_NPM_TARBALL ?? "";

/** The `skip` option of a test of the packed artefact. */
export const skip: string | false = prefix === "" &&
  "needs the packed artefact: deno task test npm";

/** The package as it was installed. */
export const packageDirectory: string = join(
  prefix,
  "node_modules/@x/scratchbuild",
);

/** What an installed package has to run on: the machine's own Node first. */
export const installedRuntimes: readonly (readonly [string, string])[] = [
  ["the machine's Node", "node"],
  ["Node", runtimePath("node")],
  ["Bun", runtimePath("bun")],
];

/** Paths of the files in the installed package, with `/`, sorted. */
export function packageFiles(): string[] {
  return readdirSync(packageDirectory, {
    recursive: true,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(packageDirectory.length + 1)
        .replaceAll(sep, "/")
    )
    .sort();
}
