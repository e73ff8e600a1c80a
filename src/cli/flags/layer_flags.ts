import type { FlagParametersForType } from "@stricli/core";
import type { Compression } from "../../compression/compress.ts";
import type { DirectoryOptions } from "../../machine/directory/directory.ts";
import type { Owner } from "../../tar/arrange_options.ts";
import type { CliContext } from "../context.ts";
import { textParser } from "../parse/parse_config.ts";
import {
  parseCompressionLevel,
  parseJobs,
  parseMtime,
  parseOwner,
} from "../parse/parse_numbers.ts";

/** What is done about what looks like a secret. */
export type SecretsMode = "error" | "warn" | "off";

/** The flags that say how sources become layers. */
export interface LayerFlags {
  readonly "ignore-file"?: string;
  readonly "no-ignore"?: boolean;
  readonly dereference?: boolean;
  readonly owner?: Owner;
  readonly mtime?: number | "preserve";
  readonly modes?: Required<DirectoryOptions>["modes"];
  readonly xattrs?: Required<DirectoryOptions>["xattrs"];
  readonly secrets?: SecretsMode;
  readonly "allow-secret"?: readonly string[];
  readonly whiteouts?: boolean;
  readonly compression?: Compression;
  readonly "compression-level"?: number;
  readonly jobs?: number;
}

/** How {@linkcode LayerFlags} are read. */
export const layerFlags: FlagParametersForType<LayerFlags, CliContext> = {
  "ignore-file": {
    kind: "parsed",
    parse: textParser("ignore-file"),
    optional: true,
    placeholder: "FILE",
    brief: "Leave out of directories what FILE says (default: their own " +
      ".scratchbuildignore, else .dockerignore)",
  },
  "no-ignore": {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Leave nothing out of directories",
  },
  dereference: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Pack what symbolic links lead to, within SRC, in their place",
  },
  owner: {
    kind: "parsed",
    parse: parseOwner,
    optional: true,
    placeholder: "UID:GID",
    brief: "Owner of all files, as numbers (default: 0:0; a tar's own)",
  },
  mtime: {
    kind: "parsed",
    parse: parseMtime,
    optional: true,
    placeholder: "SECONDS|preserve",
    brief:
      "Modification time of all files, in seconds since 1970, or that of " +
      "each (default: SOURCE_DATE_EPOCH, else 0; a tar's own)",
  },
  modes: {
    kind: "enum",
    values: ["preserve", "git"],
    optional: true,
    brief: "git knows 0755 and 0644 only, whatever the umask of a checkout " +
      "was (default: preserve)",
  },
  xattrs: {
    kind: "enum",
    values: ["auto", "require", "off"],
    optional: true,
    brief: "Extended attributes: auto takes those that can be read here " +
      "(default: auto)",
  },
  secrets: {
    kind: "enum",
    values: ["error", "warn", "off"],
    optional: true,
    brief: "What is done about private keys, .env, .git and the like " +
      "(default: warn)",
  },
  "allow-secret": {
    kind: "parsed",
    parse: textParser("allow-secret"),
    optional: true,
    variadic: true,
    placeholder: "PATTERN",
    brief: "Path in SRC that is meant to be there, as in a .dockerignore; " +
      "repeatable",
  },
  whiteouts: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Take files named .wh.NAME for what deletes NAME of lower layers",
  },
  compression: {
    kind: "enum",
    values: ["gzip", "gzip:stream", "zstd", "none"],
    optional: true,
    brief: "gzip gives the same bytes on every machine; gzip:stream is the " +
      "runtime's own, in one piece; zstd is fast, and not for --format docker " +
      "(default: gzip)",
  },
  "compression-level": {
    kind: "parsed",
    parse: parseCompressionLevel,
    optional: true,
    placeholder: "LEVEL",
    brief: "From fast to small: 1 to 12 for gzip (default: 5), 1 to 19 for " +
      "zstd (default: 3)",
  },
  jobs: {
    kind: "parsed",
    parse: parseJobs,
    optional: true,
    placeholder: "NUMBER",
    brief: "How much is compressed at the same time; the bytes do not depend " +
      "on it (default: one for each core, at most 16)",
  },
};
