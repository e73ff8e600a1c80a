import type { FlagParametersForType } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { type OutputFlags, outputFlags } from "./output_flags.ts";
import { type RegistryFlags, registryFlags } from "./registry_flags.ts";

/** The flags of what is read at one place and written to another one. */
export interface TransferFlags
  extends RegistryFlags, Pick<OutputFlags, "json" | "progress" | "quiet"> {
  readonly "insecure-source"?: boolean;
}

/** The flags that say how the registries are spoken to. */
export const transferRegistryFlags: FlagParametersForType<
  Omit<TransferFlags, "tag" | "json" | "progress" | "quiet">,
  CliContext
> = {
  username: registryFlags.username,
  password: registryFlags.password,
  "password-stdin": registryFlags["password-stdin"],
  token: registryFlags.token,
  insecure: registryFlags.insecure,
  "insecure-source": {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Speak plain HTTP to the registries that are read " +
      "(default: only on this computer)",
  },
  "allow-host": registryFlags["allow-host"],
  concurrency: registryFlags.concurrency,
};

/** The flags that say what is told. */
export const transferOutputFlags: FlagParametersForType<
  Pick<TransferFlags, "json" | "progress" | "quiet">,
  CliContext
> = {
  json: outputFlags.json,
  progress: outputFlags.progress,
  quiet: outputFlags.quiet,
};
