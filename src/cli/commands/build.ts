import { buildCommand, type Command } from "@stricli/core";
import type { CommandDescription } from "../command_description.ts";
import type { CliContext } from "../context.ts";
import { ownMembers } from "../flags/flag_group.ts";
import { buildFlagGroups, type BuildFlags, buildFlags } from "./build_flags.ts";

/** Flags of `build`: those that it shares, and where the image goes. */
interface Flags extends BuildFlags {
  readonly output?: readonly string[];
}

const outputs = {
  output: {
    kind: "parsed",
    parse: String,
    optional: true,
    variadic: true,
    placeholder: "LOCATION",
    brief: "Where the image goes; repeatable",
  },
} as const;

/** What help says about `build`. */
export const buildDescription: CommandDescription = {
  name: "build",
  brief: "Build an image and write it to any location",
  usage: ["build SRC[:DEST]... -o LOCATION [FLAGS]"],
  description: [
    "Builds an image from directories, files and tars, on nothing or on " +
    "another image, and writes it to every LOCATION. The same input gives " +
    "the same digest, on every machine.",
  ],
  arguments: [
    [
      "SRC[:DEST]",
      "Directory, file or tar (.tar, .tar.gz, .tar.zst) that becomes a layer, " +
      "and where it is in the image (default: /); {os}, {arch}, {variant} and " +
      "{platform} in it are those of each --platform",
    ],
    [
      "LOCATION",
      "oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:REFERENCE], " +
      "FILE.tar, - for standard output, or a reference to a registry such as " +
      "ghcr.io/me/app:1.0",
    ],
  ],
  groups: [{ title: "Destination", flags: outputs }, ...buildFlagGroups],
  examples: [
    "build dist:/app --entrypoint /app/main -o oci-archive:app.tar",
    "build dist:/app assets:/srv -o app.tar -o ghcr.io/me/app:1.0",
    "build rootfs.tar.gz bin/app:/usr/bin/ -o app.tar --secrets error",
    "build dist:/app --from debian:12 --cmd /app/main -o app.tar",
    "build dist -o - | docker load",
  ],
};

/** `scratchbuild build`. */
export const build: Command<CliContext> = buildCommand<
  Flags,
  string[],
  CliContext
>({
  loader: async () => {
    const { runBuild } = await import("./run_build.ts");
    return function (flags, ...sources) {
      return runBuild(this, {
        command: "build",
        flags,
        sources,
        locations: flags.output ?? [],
      });
    };
  },
  parameters: {
    flags: ownMembers({ ...buildFlags, ...outputs }),
    positional: {
      kind: "array",
      parameter: { parse: String, brief: "Source", placeholder: "SRC" },
    },
  },
  docs: { brief: buildDescription.brief },
});
