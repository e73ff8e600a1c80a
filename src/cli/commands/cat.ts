import { buildCommand, type Command } from "@stricli/core";
import type { CommandDescription } from "../command_description.ts";
import type { CliContext } from "../context.ts";
import { ownMembers } from "../flags/flag_group.ts";
import { outputFlags } from "../flags/output_flags.ts";
import { readFlags } from "../flags/read_flags.ts";
import { treeFlags } from "../flags/tree_flags.ts";
import type { ReadTreeFlags } from "./open_image.ts";

const output = { progress: outputFlags.progress, quiet: outputFlags.quiet };

/** What help says about `cat`. */
export const catDescription: CommandDescription = {
  name: "cat",
  brief: "Print files of an image",
  usage: ["cat LOCATION PATH... [FLAGS]"],
  description: [
    "Prints the content of each PATH, byte for byte, as a container of the " +
    "image sees it: through all layers, and through symbolic links. Ends with " +
    "status 1, and prints nothing, where one of them is not there or is no " +
    "file.",
  ],
  arguments: [
    [
      "LOCATION",
      "A reference to a registry, oci:DIR[:TAG], oci-archive:FILE[:TAG], " +
      "docker-archive:FILE[:REFERENCE] or FILE.tar",
    ],
    ["PATH", "Path of a file in the image"],
  ],
  groups: [
    { title: "What is read", flags: treeFlags },
    { title: "Registry", flags: readFlags },
    { title: "Results and progress", flags: output },
  ],
  examples: [
    "cat debian:12 /etc/os-release",
    "cat app.tar /etc/passwd /etc/group",
    "cat oci:build/image:1.0 /app/main > main",
  ],
};

/** `scratchbuild cat`. */
export const cat: Command<CliContext> = buildCommand<
  ReadTreeFlags,
  string[],
  CliContext
>({
  loader: async () => {
    const { runCat } = await import("./run_cat.ts");
    return function (flags, ...args) {
      return runCat(this, flags, args);
    };
  },
  parameters: {
    flags: ownMembers({ ...treeFlags, ...readFlags, ...output }),
    positional: {
      kind: "array",
      parameter: {
        parse: String,
        brief: "Location and paths",
        placeholder: "LOCATION",
      },
    },
  },
  docs: { brief: catDescription.brief },
});
