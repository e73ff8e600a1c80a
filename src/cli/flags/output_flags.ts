import type { FlagParametersForType } from "@stricli/core";
import type { CliContext } from "../context.ts";

/** How progress is shown. */
export type ProgressMode = "auto" | "plain" | "none";

/** The flags that say what the command tells. */
export interface OutputFlags {
  readonly json?: boolean;
  readonly "metadata-file"?: string;
  readonly progress?: ProgressMode;
  readonly quiet?: boolean;
}

/** How {@linkcode OutputFlags} are read. */
export const outputFlags: FlagParametersForType<OutputFlags, CliContext> = {
  json: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Print the result as one JSON document",
  },
  "metadata-file": {
    kind: "parsed",
    parse: String,
    optional: true,
    placeholder: "FILE",
    brief: "Also write the result to a JSON file, with the names that " +
      "docker buildx uses",
  },
  progress: {
    kind: "enum",
    values: ["auto", "plain", "none"],
    optional: true,
    brief: "auto draws on a terminal and is plain elsewhere (default: auto)",
  },
  quiet: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Show no progress; the same as --progress none",
  },
};

/** The flags of a command whose result goes into no file. */
export type ResultFlags = Omit<OutputFlags, "metadata-file">;

/** How {@linkcode ResultFlags} are read. */
export const resultFlags: FlagParametersForType<ResultFlags, CliContext> = {
  json: outputFlags.json,
  progress: outputFlags.progress,
  quiet: outputFlags.quiet,
};
