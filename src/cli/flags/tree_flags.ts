import type { FlagParametersForType } from "@stricli/core";
import { parsePlatform, type Platform } from "../../spec/platform.ts";
import type { CliContext } from "../context.ts";

/** The flags that say which files of an image are read. */
export interface TreeFlags {
  readonly platform?: Platform;
  readonly "foreign-layers"?: boolean;
}

/** How {@linkcode TreeFlags} are read. */
export const treeFlags: FlagParametersForType<TreeFlags, CliContext> = {
  platform: {
    kind: "parsed",
    parse: parsePlatform,
    optional: true,
    placeholder: "OS/ARCH",
    brief: "Image that is read, of several (default: the only one, else " +
      "linux/amd64)",
  },
  "foreign-layers": {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Also read layers whose licence forbids to distribute them, from " +
      "the URLs that the manifest has",
  },
};
