import { buildCommand, type Command } from "@stricli/core";
import type { CommandDescription } from "../command_description.ts";
import type { CliContext } from "../context.ts";
import { ownMembers } from "../flags/flag_group.ts";
import { type OutputFlags, outputFlags } from "../flags/output_flags.ts";
import { type ReadFlags, readFlags } from "../flags/read_flags.ts";

/** Flags of `auth`. */
export interface AuthFlags extends ReadFlags, Pick<OutputFlags, "json"> {}

const output = { json: outputFlags.json };

/** What help says about `auth`. */
export const authDescription: CommandDescription = {
  name: "auth",
  brief: "Show which credential is used, and what it may do",
  usage: ["auth REFERENCE [FLAGS]"],
  description: [
    "Looks up the credential as push does, asks the registry what it lets it " +
    "do, and shows both, without the password. Nothing is pushed. Ends with " +
    "status 0 where a push would be allowed, and with 3 where not.",
  ],
  arguments: [
    ["REFERENCE", "A repository in a registry, as in ghcr.io/me/app"],
  ],
  groups: [
    { title: "Registry", flags: readFlags },
    { title: "Results and progress", flags: output },
  ],
  examples: ["auth ghcr.io/me/app", "auth localhost:5000/app --json"],
};

/** `scratchbuild auth`. */
export const auth: Command<CliContext> = buildCommand<
  AuthFlags,
  string[],
  CliContext
>({
  loader: async () => {
    const { runAuth } = await import("./run_auth.ts");
    return function (flags, ...args) {
      return runAuth(this, flags, args);
    };
  },
  parameters: {
    flags: ownMembers({ ...readFlags, ...output }),
    positional: {
      kind: "array",
      parameter: {
        parse: String,
        brief: "Repository",
        placeholder: "REFERENCE",
      },
    },
  },
  docs: { brief: authDescription.brief },
});
