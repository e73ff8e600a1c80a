import type { FlagParametersForType } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { textParser } from "../parse/parse_config.ts";

/** The flags that say what work need not be done again. */
export interface ReuseFlags {
  readonly "reuse-from"?: readonly string[];
  readonly "no-cache"?: boolean;
}

/** How {@linkcode ReuseFlags} are read. */
export const reuseFlags: FlagParametersForType<ReuseFlags, CliContext> = {
  "reuse-from": {
    kind: "parsed",
    parse: textParser("reuse-from"),
    optional: true,
    variadic: true,
    placeholder: "LOCATION",
    brief: "Image whose layers are taken as they are where they hold the " +
      "same, as those of the image in the place of the new one; repeatable",
  },
  "no-cache": {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Read and compress everything, whatever is known of it from the " +
      "last time, and remember nothing",
  },
};
