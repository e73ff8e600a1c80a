import type { FlagParametersForType } from "@stricli/core";
import type { CliContext } from "../context.ts";

/** The flags that say how to speak to a registry. */
export interface RegistryFlags {
  readonly tag?: readonly string[];
  readonly username?: string;
  readonly password?: string;
  readonly "password-stdin"?: boolean;
  readonly token?: string;
  readonly insecure?: boolean;
}

/** How {@linkcode RegistryFlags} are read. */
export const registryFlags: FlagParametersForType<RegistryFlags, CliContext> = {
  tag: {
    kind: "parsed",
    parse: String,
    optional: true,
    variadic: true,
    placeholder: "TAG",
    brief: "Further tag of the image; repeatable",
  },
  username: {
    kind: "parsed",
    parse: String,
    optional: true,
    placeholder: "NAME",
    brief: "User name at the registry (default: SCRATCHBUILD_USERNAME)",
  },
  password: {
    kind: "parsed",
    parse: String,
    optional: true,
    placeholder: "PASSWORD",
    brief: "Password at the registry, which other users of this computer can " +
      "see; prefer --password-stdin (default: SCRATCHBUILD_PASSWORD)",
  },
  "password-stdin": {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Read the password from standard input",
  },
  token: {
    kind: "parsed",
    parse: String,
    optional: true,
    placeholder: "TOKEN",
    brief: "Bearer token in place of user name and password " +
      "(default: SCRATCHBUILD_TOKEN)",
  },
  insecure: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Speak plain HTTP to the registry (default: only on this computer)",
  },
};
