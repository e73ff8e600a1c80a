import type { FlagParametersForType } from "@stricli/core";
import type { ImageFormat } from "../../spec/media_types.ts";
import { parsePlatform, type Platform } from "../../spec/platform.ts";
import type { CliContext } from "../context.ts";
import {
  commandLineParser,
  parseEntrypoint,
} from "../parse/parse_command_line.ts";
import {
  imagePathParser,
  parsePort,
  parseStopSignal,
  parseUser,
  textParser,
} from "../parse/parse_config.ts";
import { parseDateTime } from "../parse/parse_date_time.ts";
import {
  type Pair,
  pairParser,
  parseVariable,
  type Variable,
} from "../parse/parse_pairs.ts";
import { type HealthFlags, healthFlags } from "./health_flags.ts";

/** The flags that say what the image is. */
export interface ImageFlags extends HealthFlags {
  readonly from?: string;
  readonly "foreign-layers"?: boolean;
  readonly entrypoint?: string[];
  readonly cmd?: string[];
  readonly env?: readonly Variable[];
  readonly label?: readonly Pair[];
  readonly annotation?: readonly Pair[];
  readonly user?: string;
  readonly workdir?: string;
  readonly expose?: readonly string[];
  readonly volume?: readonly string[];
  readonly "stop-signal"?: string;
  readonly author?: string;
  readonly created?: string;
  readonly platform?: readonly Platform[];
  readonly "os-version"?: string;
  readonly "os-feature"?: readonly string[];
  readonly format?: ImageFormat;
  readonly config?: string;
  readonly vcs?: boolean;
}

/** Whether an image is built on nothing, which Dockerfiles call `scratch`. */
export function isOnNothing({ from }: Pick<ImageFlags, "from">): boolean {
  return from === undefined || from === "scratch";
}

/** How {@linkcode ImageFlags} are read. */
export const imageFlags: FlagParametersForType<ImageFlags, CliContext> = {
  from: {
    kind: "parsed",
    parse: textParser("from"),
    optional: true,
    placeholder: "LOCATION",
    brief: "Image to build on: a reference, oci:DIR[:TAG], " +
      "oci-archive:FILE[:TAG], docker-archive:FILE[:REFERENCE] or FILE.tar " +
      "(default: scratch, which is nothing)",
  },
  "foreign-layers": {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Also send layers of the base whose licence forbids it, from the " +
      "URLs that its manifest has",
  },
  entrypoint: {
    kind: "parsed",
    parse: parseEntrypoint,
    optional: true,
    placeholder: "COMMAND",
    brief: 'Program that runs, as a JSON array (["/app", "-v"]) or as words ' +
      "(/app -v), which are split as in a shell but not expanded",
  },
  cmd: {
    kind: "parsed",
    parse: commandLineParser("cmd", true),
    optional: true,
    placeholder: "ARGS",
    brief: "Default arguments of the program, written like --entrypoint; " +
      "without an entrypoint, the program and its arguments",
  },
  env: {
    kind: "parsed",
    parse: parseVariable,
    optional: true,
    variadic: true,
    placeholder: "NAME[=VALUE]",
    brief:
      "Environment variable; without =VALUE, the value that it has here; " +
      "repeatable",
  },
  label: {
    kind: "parsed",
    parse: pairParser("label"),
    optional: true,
    variadic: true,
    placeholder: "NAME=VALUE",
    brief: "Label of the image configuration; repeatable",
  },
  annotation: {
    kind: "parsed",
    parse: pairParser("annotation"),
    optional: true,
    variadic: true,
    placeholder: "NAME=VALUE",
    brief: "Annotation of the manifest, and of the index where there are " +
      "several platforms; not with --format docker; repeatable",
  },
  user: {
    kind: "parsed",
    parse: parseUser,
    optional: true,
    placeholder: "USER[:GROUP]",
    brief: "User that the program runs as, by name or number",
  },
  workdir: {
    kind: "parsed",
    parse: imagePathParser("workdir"),
    optional: true,
    placeholder: "PATH",
    brief: "Directory that the program starts in",
  },
  expose: {
    kind: "parsed",
    parse: parsePort,
    optional: true,
    variadic: true,
    placeholder: "PORT",
    brief: "Port that the program listens on: 8080, 53/udp, 8000-8010; " +
      "repeatable",
  },
  volume: {
    kind: "parsed",
    parse: imagePathParser("volume"),
    optional: true,
    variadic: true,
    placeholder: "PATH",
    brief: "Directory that holds data of one container; repeatable",
  },
  "stop-signal": {
    kind: "parsed",
    parse: parseStopSignal,
    optional: true,
    placeholder: "SIGNAL",
    brief: "Signal that stops the program: SIGTERM, or a number",
  },
  ...healthFlags,
  author: {
    kind: "parsed",
    parse: textParser("author"),
    optional: true,
    placeholder: "TEXT",
    brief: "Name or e-mail address of who made the image",
  },
  created: {
    kind: "parsed",
    parse: parseDateTime,
    optional: true,
    placeholder: "TIME",
    brief: "Time of the image: 2026-01-31T12:00:00Z, or seconds since 1970 " +
      "(default: SOURCE_DATE_EPOCH, else 0)",
  },
  platform: {
    kind: "parsed",
    parse: parsePlatform,
    optional: true,
    variadic: true,
    placeholder: "OS/ARCH",
    brief:
      "Platform that the image is for, as in linux/arm64 or linux/arm/v7; " +
      "repeatable, for one image each and an index " +
      "(default: that of the base, else linux/amd64)",
  },
  "os-version": {
    kind: "parsed",
    parse: textParser("os-version"),
    optional: true,
    placeholder: "VERSION",
    brief: "Version of the operating system, for Windows: 10.0.20348.2582",
  },
  "os-feature": {
    kind: "parsed",
    parse: textParser("os-feature"),
    optional: true,
    variadic: true,
    placeholder: "FEATURE",
    brief: "Feature that the operating system must have: win32k; repeatable",
  },
  format: {
    kind: "enum",
    values: ["oci", "docker"],
    optional: true,
    brief: "Media types of the image (default: oci)",
  },
  config: {
    kind: "parsed",
    parse: textParser("config"),
    optional: true,
    placeholder: "FILE",
    brief: "Also read these and the layers' flags from a JSON file, or from " +
      '"scratchbuild" in deno.json or package.json; flags win',
  },
  vcs: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Note the commit, its date, its tag and the remote of the git " +
      "checkout in labels and annotations",
  },
};
