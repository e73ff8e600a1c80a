import { buildCommand, type Command } from "@stricli/core";
import type { CommandDescription } from "../command_description.ts";
import type { CliContext } from "../context.ts";
import { ownMembers } from "../flags/flag_group.ts";
import { resultFlags } from "../flags/output_flags.ts";
import { registryFlags } from "../flags/registry_flags.ts";
import {
  platformChoice,
  type TransferFlags,
  transferRegistryFlags,
} from "../flags/transfer_flags.ts";
import type { PlatformChoice } from "../parse/parse_platform_choice.ts";

/** Flags of `copy`. */
export interface CopyFlags extends TransferFlags {
  readonly platform?: PlatformChoice;
  readonly "all-tags"?: boolean;
  readonly referrers?: boolean;
  readonly "foreign-layers"?: boolean;
}

const copied = {
  platform: platformChoice,
  tag: {
    ...registryFlags.tag,
    brief: "Tag that the image gets there; repeatable (default: that of the " +
      "last LOCATION, else its own)",
  },
  "all-tags": {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Copy every tag of a repository, a layout or an archive",
  },
  referrers: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Also copy what refers to it: signatures, attestations, SBOMs",
  },
  "foreign-layers": {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Also copy layers whose licence forbids to distribute them, from " +
      "the URLs that the image names",
  },
} as const;

/** What help says about `copy`. */
export const copyDescription: CommandDescription = {
  name: "copy",
  brief: "Copy images between registries, layouts and archives",
  usage: ["copy LOCATION... LOCATION [FLAGS]"],
  description: [
    "Copies an image, or an index with all its images, byte for byte: the " +
    "digest stays what it is. What the destination has is not sent again, and " +
    "nothing is stored on the way.",
    "The last LOCATION is the destination. Where it names no tag, each image " +
    "keeps its own. Of a tag that names an index, all images are copied.",
    "User name, password, token and --insecure are for the registry that is " +
    "written, or the one that is read where none is written. Others are read " +
    "with the credentials of this computer.",
  ],
  arguments: [
    [
      "LOCATION",
      "A reference to a registry, oci:DIR[:TAG], oci-archive:FILE[:TAG], " +
      "docker-archive:FILE[:REFERENCE], FILE.tar or - for standard input " +
      "and output",
    ],
  ],
  groups: [
    { title: "What is copied", flags: copied },
    { title: "Registries", flags: transferRegistryFlags },
    { title: "Results and progress", flags: resultFlags },
  ],
  examples: [
    "copy debian:12 localhost:5000/debian",
    "copy ghcr.io/me/app:1.0 app.tar --platform linux/arm64",
    "copy oci:build/image registry.example.com/app:1.0 --tag latest",
    "copy ghcr.io/me/app oci:mirror --all-tags --referrers",
  ],
};

/** `scratchbuild copy`. */
export const copy: Command<CliContext> = buildCommand<
  CopyFlags,
  string[],
  CliContext
>({
  loader: async () => {
    const { runCopy } = await import("./run_copy.ts");
    return function (flags, ...args) {
      return runCopy(this, flags, args);
    };
  },
  parameters: {
    flags: ownMembers({
      ...copied,
      ...transferRegistryFlags,
      ...resultFlags,
    }),
    positional: {
      kind: "array",
      parameter: { parse: String, brief: "Location", placeholder: "LOCATION" },
    },
  },
  docs: { brief: copyDescription.brief },
});
