import { buildCommand, type Command } from "@stricli/core";
import { parsePlatform, type Platform } from "../../spec/platform.ts";
import type { CommandDescription } from "../command_description.ts";
import type { CliContext } from "../context.ts";
import { ownMembers } from "../flags/flag_group.ts";
import { type ResultFlags, resultFlags } from "../flags/output_flags.ts";
import { type ReadFlags, readFlags } from "../flags/read_flags.ts";
import { parseTop } from "../parse/parse_top.ts";

/** Flags of `inspect`. */
export interface InspectFlags extends ReadFlags, ResultFlags {
  readonly platform?: Platform;
  readonly layers?: boolean;
  readonly top?: number;
  readonly referrers?: boolean;
  readonly raw?: boolean;
  readonly config?: boolean;
}

const shown = {
  platform: {
    kind: "parsed",
    parse: parsePlatform,
    optional: true,
    placeholder: "OS/ARCH",
    brief: "Image that is shown, of several (default: linux/amd64, else the " +
      "first)",
  },
  layers: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Read the layers, and show the biggest files of each",
  },
  top: {
    kind: "parsed",
    parse: parseTop,
    optional: true,
    placeholder: "N",
    brief: "How many files of each layer --layers shows (default: 5)",
  },
  referrers: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Also list what refers to it: signatures, attestations, SBOMs",
  },
  raw: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Print the manifest or the index, byte for byte, and nothing else",
  },
  config: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Print the configuration, byte for byte, and nothing else",
  },
} as const;

/** What help says about `inspect`. */
export const inspectDescription: CommandDescription = {
  name: "inspect",
  brief: "Show what an image is made of",
  usage: ["inspect LOCATION [FLAGS]"],
  description: [
    "Shows the name, the digest and the platforms of an image, how it runs, " +
    "and the layers with their sizes and the commands that made them.",
    "Unpacked sizes are known when the layers were read. They are read, as " +
    "streams, from this computer, and from a registry where they are at most " +
    "32 MiB together; else only with --layers.",
  ],
  arguments: [
    [
      "LOCATION",
      "A reference to a registry, oci:DIR[:TAG], oci-archive:FILE[:TAG], " +
      "docker-archive:FILE[:REFERENCE] or FILE.tar",
    ],
  ],
  groups: [
    { title: "What is shown", flags: shown },
    { title: "Registry", flags: readFlags },
    { title: "Results and progress", flags: resultFlags },
  ],
  examples: [
    "inspect ghcr.io/me/app:1.0",
    "inspect app.tar --layers",
    "inspect debian:12 --platform linux/arm64 --config | jq .config",
  ],
};

/** `scratchbuild inspect`. */
export const inspect: Command<CliContext> = buildCommand<
  InspectFlags,
  string[],
  CliContext
>({
  loader: async () => {
    const { runInspect } = await import("./run_inspect.ts");
    return function (flags, ...args) {
      return runInspect(this, flags, args);
    };
  },
  parameters: {
    flags: ownMembers({ ...shown, ...readFlags, ...resultFlags }),
    positional: {
      kind: "array",
      parameter: {
        parse: String,
        brief: "Location",
        placeholder: "LOCATION",
      },
    },
  },
  docs: { brief: inspectDescription.brief },
});
