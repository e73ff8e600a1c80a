import type { FlagParametersForType } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { parseConcurrency } from "../parse/parse_numbers.ts";
import { type ConnectionFlags, connectionFlags } from "./connection_flags.ts";
import { type CredentialFlags, credentialFlags } from "./credential_flags.ts";

/** The flags that say how an image goes to a registry. */
export interface RegistryFlags extends CredentialFlags, ConnectionFlags {
  readonly tag?: readonly string[];
  readonly concurrency?: number;
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
  ...credentialFlags,
  ...connectionFlags,
  concurrency: {
    kind: "parsed",
    parse: parseConcurrency,
    optional: true,
    placeholder: "NUMBER",
    brief: "Layers that are sent at the same time (default: 4)",
  },
};
