import { buildCommand, type Command } from "@stricli/core";
import type { CommandDescription } from "../command_description.ts";
import type { CliContext } from "../context.ts";
import {
  type ConnectionFlags,
  connectionFlags,
} from "../flags/connection_flags.ts";
import { type LoginFlags, loginFlags } from "../flags/credential_flags.ts";
import { ownMembers } from "../flags/flag_group.ts";

/** Flags of `login`. */
export interface LoginCommandFlags extends LoginFlags, ConnectionFlags {}

const flags = { ...loginFlags, ...connectionFlags };

/** What help says about `login`. */
export const loginDescription: CommandDescription = {
  name: "login",
  brief: "Keep a user name and a password for a registry",
  usage: ["login [REGISTRY] [FLAGS]"],
  description: [
    "Asks for what no flag says, checks it with the registry, and keeps it " +
    "where Docker does: in a credential helper, or in ~/.docker/config.json. " +
    "Where a registry gives out tokens, a token is the password.",
  ],
  arguments: [
    [
      "REGISTRY",
      "Host of the registry, with its port where it has one (default: " +
      "docker.io, Docker Hub)",
    ],
  ],
  groups: [{ title: "Registry", flags }],
  examples: [
    "login ghcr.io",
    "login ghcr.io --username me --password-stdin <key.txt",
  ],
};

/** `scratchbuild login`. */
export const login: Command<CliContext> = buildCommand<
  LoginCommandFlags,
  string[],
  CliContext
>({
  loader: async () => {
    const { runLogin } = await import("./run_login.ts");
    return function (flags, ...args) {
      return runLogin(this, flags, args);
    };
  },
  parameters: {
    flags: ownMembers(flags),
    positional: {
      kind: "array",
      parameter: { parse: String, brief: "Registry", placeholder: "REGISTRY" },
    },
  },
  docs: { brief: loginDescription.brief },
});
