import { buildCommand, type Command } from "@stricli/core";
import type { CommandDescription } from "../command_description.ts";
import type { CliContext } from "../context.ts";
import { ownMembers } from "../flags/flag_group.ts";

/** What help says about `logout`. */
export const logoutDescription: CommandDescription = {
  name: "logout",
  brief: "Forget the password for a registry",
  usage: ["logout [REGISTRY]"],
  description: [
    "Removes what login, or docker login, keeps for a registry, from the " +
    "credential helper and from the file.",
  ],
  arguments: [
    [
      "REGISTRY",
      "Host of the registry, with its port where it has one (default: " +
      "docker.io, Docker Hub)",
    ],
  ],
  groups: [],
  examples: ["logout ghcr.io"],
};

/** `scratchbuild logout`. */
export const logout: Command<CliContext> = buildCommand<
  Record<never, never>,
  string[],
  CliContext
>({
  loader: async () => {
    const { runLogout } = await import("./run_logout.ts");
    return function (_flags, ...args) {
      return runLogout(this, args);
    };
  },
  parameters: {
    flags: ownMembers({}),
    positional: {
      kind: "array",
      parameter: { parse: String, brief: "Registry", placeholder: "REGISTRY" },
    },
  },
  docs: { brief: logoutDescription.brief },
});
