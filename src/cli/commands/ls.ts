import { buildCommand, type Command } from "@stricli/core";
import type { CommandDescription } from "../command_description.ts";
import type { CliContext } from "../context.ts";
import { ownMembers } from "../flags/flag_group.ts";
import { type ResultFlags, resultFlags } from "../flags/output_flags.ts";
import { readFlags } from "../flags/read_flags.ts";
import { treeFlags } from "../flags/tree_flags.ts";
import type { ReadTreeFlags } from "./open_image.ts";

/** Flags of `ls`. */
export interface LsFlags extends ReadTreeFlags, Pick<ResultFlags, "json"> {
  readonly long?: boolean;
  readonly recursive?: boolean;
}

const shown = {
  long: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Show modes, owners, sizes in bytes, times in UTC and where links " +
      "lead, as ls -l does",
  },
  recursive: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "List all that is below PATH, by whole paths",
  },
} as const;

/** What help says about `ls`. */
export const lsDescription: CommandDescription = {
  name: "ls",
  brief: "List files of an image, as a container sees them",
  usage: ["ls LOCATION [PATH] [FLAGS]"],
  description: [
    "Reads the layers, as streams, and lists what lies at PATH when all of " +
    "them are on top of each other: names alone, one on each line, or all " +
    "about them with --long. Ends with status 1 where PATH is not there.",
  ],
  arguments: [
    [
      "LOCATION",
      "A reference to a registry, oci:DIR[:TAG], oci-archive:FILE[:TAG], " +
      "docker-archive:FILE[:REFERENCE] or FILE.tar",
    ],
    ["PATH", "Path in the image (default: /)"],
  ],
  groups: [
    { title: "What is shown", flags: shown },
    { title: "What is read", flags: treeFlags },
    { title: "Registry", flags: readFlags },
    { title: "Results and progress", flags: resultFlags },
  ],
  examples: [
    "ls ghcr.io/me/app:1.0 /app",
    "ls app.tar -lR",
    "ls debian:12 /etc --json | jq '.entries[].path'",
  ],
};

/** `scratchbuild ls`. */
export const ls: Command<CliContext> = buildCommand<
  LsFlags,
  string[],
  CliContext
>({
  loader: async () => {
    const { runLs } = await import("./run_ls.ts");
    return function (flags, ...args) {
      return runLs(this, flags, args);
    };
  },
  parameters: {
    flags: ownMembers({ ...shown, ...treeFlags, ...readFlags, ...resultFlags }),
    positional: {
      kind: "array",
      parameter: {
        parse: String,
        brief: "Location and path",
        placeholder: "LOCATION",
      },
    },
  },
  docs: { brief: lsDescription.brief },
});
