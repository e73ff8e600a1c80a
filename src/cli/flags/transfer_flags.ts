import type { FlagParametersForType } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { parsePlatformChoice } from "../parse/parse_platform_choice.ts";
import type { ResultFlags } from "./output_flags.ts";
import { type RegistryFlags, registryFlags } from "./registry_flags.ts";

/** The flags of what is read at one place and written to another one. */
export interface TransferFlags extends RegistryFlags, ResultFlags {
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

/** Which images of an index are meant: all, or one. */
export const platformChoice = {
  kind: "parsed",
  parse: parsePlatformChoice,
  optional: true,
  placeholder: "all|one|OS/ARCH",
  brief: "all images of an index; one: that for Linux on the processor of " +
    "this computer; or that for a platform (default: all)",
} as const;
