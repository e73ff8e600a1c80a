import type { FlagParametersForType } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { parseHost } from "../parse/parse_host.ts";

/** The flags that say how a registry is reached. */
export interface ConnectionFlags {
  readonly insecure?: boolean;
  readonly "allow-host"?: readonly string[];
}

/** How {@linkcode ConnectionFlags} are read. */
export const connectionFlags: FlagParametersForType<
  ConnectionFlags,
  CliContext
> = {
  insecure: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Speak plain HTTP to the registry (default: only on this computer)",
  },
  "allow-host": {
    kind: "parsed",
    parse: parseHost,
    optional: true,
    variadic: true,
    placeholder: "HOST[:PORT]",
    brief: "Host in a private network that the registry may lead to, for " +
      "tokens or blobs; repeatable",
  },
};
