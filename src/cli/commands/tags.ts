import { buildCommand, type Command } from "@stricli/core";
import type { CommandDescription } from "../command_description.ts";
import type { CliContext } from "../context.ts";
import { ownMembers } from "../flags/flag_group.ts";
import { type OutputFlags, outputFlags } from "../flags/output_flags.ts";
import { type ReadFlags, readFlags } from "../flags/read_flags.ts";

/** Flags of `tags`. */
export interface TagsFlags extends ReadFlags, Pick<OutputFlags, "json"> {}

const output = { json: outputFlags.json };

/** What help says about `tags`. */
export const tagsDescription: CommandDescription = {
  name: "tags",
  brief: "List the tags of a repository",
  usage: ["tags LOCATION [FLAGS]"],
  description: [
    "Prints one tag a line, in the order of the registry, as they come.",
  ],
  arguments: [
    [
      "LOCATION",
      "A repository in a registry, as in ghcr.io/me/app, or oci:DIR, " +
      "oci-archive:FILE, docker-archive:FILE, FILE.tar",
    ],
  ],
  groups: [
    { title: "Registry", flags: readFlags },
    { title: "Results and progress", flags: output },
  ],
  examples: ["tags ghcr.io/me/app", "tags oci:build/image --json"],
};

/** `scratchbuild tags`. */
export const tags: Command<CliContext> = buildCommand<
  TagsFlags,
  string[],
  CliContext
>({
  loader: async () => {
    const { runTags } = await import("./run_tags.ts");
    return function (flags, ...args) {
      return runTags(this, flags, args);
    };
  },
  parameters: {
    flags: ownMembers({ ...readFlags, ...output }),
    positional: {
      kind: "array",
      parameter: {
        parse: String,
        brief: "Location",
        placeholder: "LOCATION",
      },
    },
  },
  docs: { brief: tagsDescription.brief },
});
