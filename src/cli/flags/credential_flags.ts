import type { FlagParametersForType } from "@stricli/core";
import type { CliContext } from "../context.ts";

/** The flags that say who asks a registry, by a user name and a password. */
export interface LoginFlags {
  readonly username?: string;
  readonly password?: string;
  readonly "password-stdin"?: boolean;
}

/** The flags that say who asks a registry. */
export interface CredentialFlags extends LoginFlags {
  readonly token?: string;
}

/** How {@linkcode LoginFlags} are read. */
export const loginFlags: FlagParametersForType<LoginFlags, CliContext> = {
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
};

/** How {@linkcode CredentialFlags} are read. */
export const credentialFlags: FlagParametersForType<
  CredentialFlags,
  CliContext
> = {
  ...loginFlags,
  token: {
    kind: "parsed",
    parse: String,
    optional: true,
    placeholder: "TOKEN",
    brief: "Bearer token in place of user name and password " +
      "(default: SCRATCHBUILD_TOKEN)",
  },
};
