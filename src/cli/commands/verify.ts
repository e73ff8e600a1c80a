import { buildCommand, type Command } from "@stricli/core";
import type { CommandDescription } from "../command_description.ts";
import type { CliContext } from "../context.ts";
import { ownMembers } from "../flags/flag_group.ts";
import { platformChoice } from "../flags/transfer_flags.ts";
import { type ResultFlags, resultFlags } from "../flags/output_flags.ts";
import { type ReadFlags, readFlags } from "../flags/read_flags.ts";
import type { PlatformChoice } from "../parse/parse_platform_choice.ts";

/** Flags of `verify`. */
export interface VerifyFlags extends ReadFlags, ResultFlags {
  readonly platform?: PlatformChoice;
  readonly "all-tags"?: boolean;
  readonly "foreign-layers"?: boolean;
}

const verified = {
  platform: platformChoice,
  "all-tags": {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Verify every tag of a repository, a layout or an archive",
  },
  "foreign-layers": {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Also read layers that the place does not have, from the URLs " +
      "that the image names",
  },
} as const;

/** What help says about `verify`. */
export const verifyDescription: CommandDescription = {
  name: "verify",
  brief: "Read an image whole, and tell what is wrong with it",
  usage: ["verify LOCATION [FLAGS]"],
  description: [
    "Recomputes every digest, size and diffID, reads every layer to its end, " +
    "and holds the documents against the specification and one another. Each " +
    "mismatch is one line. Ends with status 0 where all is right, and with 1 " +
    "where not.",
  ],
  arguments: [
    [
      "LOCATION",
      "A reference to a registry, oci:DIR[:TAG], oci-archive:FILE[:TAG], " +
      "docker-archive:FILE[:REFERENCE], FILE.tar or - for standard input",
    ],
  ],
  groups: [
    { title: "What is verified", flags: verified },
    { title: "Registry", flags: readFlags },
    { title: "Results and progress", flags: resultFlags },
  ],
  examples: [
    "verify ghcr.io/me/app:1.0",
    "verify oci:build/image --json",
    "verify registry.example.com/mirror --all-tags",
  ],
};

/** `scratchbuild verify`. */
export const verify: Command<CliContext> = buildCommand<
  VerifyFlags,
  string[],
  CliContext
>({
  loader: async () => {
    const { runVerify } = await import("./run_verify.ts");
    return function (flags, ...args) {
      return runVerify(this, flags, args);
    };
  },
  parameters: {
    flags: ownMembers({ ...verified, ...readFlags, ...resultFlags }),
    positional: {
      kind: "array",
      parameter: { parse: String, brief: "Location", placeholder: "LOCATION" },
    },
  },
  docs: { brief: verifyDescription.brief },
});
