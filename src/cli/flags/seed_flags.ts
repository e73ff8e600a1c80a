import type { FlagParametersForType } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { imagePathParser } from "../parse/parse_config.ts";

/** The flags of the Go program `scratch` that `push` takes in place of arguments. */
export interface SeedFlags {
  readonly dir?: string;
  readonly name?: string;
  readonly regurl?: string;
  readonly vol?: readonly string[];
}

/** How {@linkcode SeedFlags} are read. */
export const seedFlags: FlagParametersForType<SeedFlags, CliContext> = {
  dir: {
    kind: "parsed",
    parse: String,
    optional: true,
    placeholder: "SRC[:DEST]",
    brief: "Directory to pack, as the argument SRC[:DEST]",
  },
  name: {
    kind: "parsed",
    parse: String,
    optional: true,
    placeholder: "REPOSITORY",
    brief: "Repository in the registry of --regurl, in place of REFERENCE",
  },
  regurl: {
    kind: "parsed",
    parse: String,
    optional: true,
    placeholder: "URL",
    brief: "Registry of --name, as in https://eu.gcr.io",
  },
  vol: {
    kind: "parsed",
    parse: imagePathParser("vol"),
    optional: true,
    variadic: true,
    placeholder: "PATH",
    brief: "The same as --volume; repeatable",
  },
};
