import type { FlagParametersForType } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { type ConnectionFlags, connectionFlags } from "./connection_flags.ts";
import { type CredentialFlags, credentialFlags } from "./credential_flags.ts";

/** The flags that say how a location is read. */
export interface ReadFlags extends CredentialFlags, ConnectionFlags {}

/** How {@linkcode ReadFlags} are read. */
export const readFlags: FlagParametersForType<ReadFlags, CliContext> = {
  ...credentialFlags,
  ...connectionFlags,
};
