import { buildCommand, type Command } from "@stricli/core";
import type { CommandDescription } from "../command_description.ts";
import type { ImageFormat } from "../../spec/media_types.ts";
import type { CliContext } from "../context.ts";
import { ownMembers } from "../flags/flag_group.ts";
import { resultFlags } from "../flags/output_flags.ts";
import { registryFlags } from "../flags/registry_flags.ts";
import {
  type TransferFlags,
  transferRegistryFlags,
} from "../flags/transfer_flags.ts";
import { type Pair, pairParser } from "../parse/parse_pairs.ts";

/** Flags of `index create`. */
export interface IndexCreateFlags extends TransferFlags {
  readonly add?: readonly string[];
  readonly annotation?: readonly Pair[];
  readonly format?: ImageFormat;
  readonly "foreign-layers"?: boolean;
}

const joined = {
  add: {
    kind: "parsed",
    parse: String,
    optional: true,
    variadic: true,
    placeholder: "LOCATION",
    brief: "Image that the index names, or index whose images it names; " +
      "repeatable",
  },
  tag: { ...registryFlags.tag, brief: "Further tag of the index; repeatable" },
  annotation: {
    kind: "parsed",
    parse: pairParser("annotation"),
    optional: true,
    variadic: true,
    placeholder: "NAME=VALUE",
    brief: "Annotation of the index; repeatable",
  },
  format: {
    kind: "enum",
    values: ["oci", "docker"],
    optional: true,
    brief: "Media type of the index (default: docker where all images are, " +
      "else oci)",
  },
  "foreign-layers": {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Also copy layers whose licence forbids to distribute them, from " +
      "the URLs that the images name",
  },
} as const;

/** What help says about `index create`. */
export const indexDescription: CommandDescription = {
  name: "index",
  brief: "Join images for several platforms: index create",
  usage: ["index create LOCATION --add LOCATION... [FLAGS]"],
  description: [
    "Makes an index of images that were pushed separately, by the jobs of a " +
    "build matrix for example, and copies those that its destination does not " +
    "have. The index is written last.",
  ],
  arguments: [
    ["create", "What is done; there is nothing else yet"],
    [
      "LOCATION",
      "Where the index goes, as in ghcr.io/me/app:1.0; also oci:DIR[:TAG], " +
      "oci-archive:FILE[:TAG] or FILE.tar",
    ],
  ],
  groups: [
    { title: "Index", flags: joined },
    { title: "Registries", flags: transferRegistryFlags },
    { title: "Results and progress", flags: resultFlags },
  ],
  examples: [
    "index create a.io/app:1 --add a.io/app:amd64 --add a.io/app:arm64",
    "index create oci:build/image:1.0 --add oci:amd64 --add oci:arm64",
  ],
};

/** `scratchbuild index create`. */
export const index: Command<CliContext> = buildCommand<
  IndexCreateFlags,
  string[],
  CliContext
>({
  loader: async () => {
    const { runIndexCreate } = await import("./run_index_create.ts");
    return function (flags, ...args) {
      return runIndexCreate(this, flags, args);
    };
  },
  parameters: {
    flags: ownMembers({
      ...joined,
      ...transferRegistryFlags,
      ...resultFlags,
    }),
    positional: {
      kind: "array",
      parameter: { parse: String, brief: "Location", placeholder: "LOCATION" },
    },
  },
  docs: { brief: indexDescription.brief },
});
