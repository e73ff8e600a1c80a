import type { FlagParametersForType } from "@stricli/core";
import type { Compression } from "../../compression/compress.ts";
import type { Owner } from "../../tar/arrange.ts";
import type { CliContext } from "../context.ts";
import {
  parseCompressionLevel,
  parseOwner,
  parseSeconds,
} from "../parse/parse_numbers.ts";

/** The flags that say how directories become layers. */
export interface LayerFlags {
  readonly owner?: Owner;
  readonly mtime?: number;
  readonly compression?: Compression;
  readonly "compression-level"?: number;
}

/** How {@linkcode LayerFlags} are read. */
export const layerFlags: FlagParametersForType<LayerFlags, CliContext> = {
  owner: {
    kind: "parsed",
    parse: parseOwner,
    optional: true,
    placeholder: "UID:GID",
    brief: "Owner of all files (default: 0:0)",
  },
  mtime: {
    kind: "parsed",
    parse: (text) => parseSeconds("--mtime", text),
    optional: true,
    placeholder: "SECONDS",
    brief: "Modification time of all files, in seconds since 1970 " +
      "(default: SOURCE_DATE_EPOCH, else 0)",
  },
  compression: {
    kind: "enum",
    values: ["gzip", "gzip:stream", "none"],
    optional: true,
    brief: "gzip gives the same bytes on every machine; gzip:stream is the " +
      "runtime's own, in one piece (default: gzip)",
  },
  "compression-level": {
    kind: "parsed",
    parse: parseCompressionLevel,
    optional: true,
    placeholder: "1-12",
    brief: "From fast to small, for gzip only (default: 5)",
  },
};
