import { buildCommand, type Command } from "@stricli/core";
import type { CommandDescription } from "../command_description.ts";
import type { CliContext } from "../context.ts";
import { ownMembers } from "../flags/flag_group.ts";
import { type LayerFlags, layerFlags } from "../flags/layer_flags.ts";
import { type ResultFlags, resultFlags } from "../flags/output_flags.ts";
import { readFlags } from "../flags/read_flags.ts";
import { treeFlags } from "../flags/tree_flags.ts";
import type { ReadTreeFlags } from "./open_image.ts";

/** The flags that say how a directory is read. */
export type DirectoryFlags = Pick<
  LayerFlags,
  "ignore-file" | "no-ignore" | "dereference" | "owner" | "modes" | "xattrs"
>;

/** Flags of `diff`. */
export interface DiffFlags
  extends ReadTreeFlags, DirectoryFlags, Pick<ResultFlags, "json"> {}

/** How a directory is read: as `build` reads it. */
export const directoryFlags = {
  "ignore-file": layerFlags["ignore-file"],
  "no-ignore": layerFlags["no-ignore"],
  dereference: layerFlags.dereference,
  owner: layerFlags.owner,
  modes: layerFlags.modes,
  xattrs: layerFlags.xattrs,
};

/** What help says about `diff`. */
export const diffDescription: CommandDescription = {
  name: "diff",
  brief: "Compare two images, or a directory and an image",
  usage: ["diff A B [FLAGS]"],
  description: [
    "Lists what was added, removed and changed from A to B: types, modes, " +
    "owners, contents, links and extended attributes, and how the images are " +
    "run. Times are not compared, nor is how layers are cut.",
    "A directory is read as build reads it, and compared with what the image " +
    "has below DEST.",
    "Ends with status 0 where there is no difference, 1 where there is one, " +
    "and 2 or more where it could not be found out.",
  ],
  arguments: [
    [
      "A, B",
      "A reference to a registry, oci:DIR[:TAG], oci-archive:FILE[:TAG], " +
      "docker-archive:FILE[:REFERENCE] or FILE.tar; one of them may be a " +
      "directory: SRC[:DEST] (default of DEST: /)",
    ],
  ],
  groups: [
    { title: "What is read", flags: treeFlags },
    { title: "Layers", flags: directoryFlags },
    { title: "Registry", flags: readFlags },
    { title: "Results and progress", flags: resultFlags },
  ],
  examples: [
    "diff ghcr.io/me/app:1.0 ghcr.io/me/app:1.1",
    "diff dist:/app ghcr.io/me/app:1.0",
    "diff old.tar new.tar --json | jq '.changed[].path'",
  ],
};

/** `scratchbuild diff`. */
export const diff: Command<CliContext> = buildCommand<
  DiffFlags,
  string[],
  CliContext
>({
  loader: async () => {
    const { runDiff } = await import("./run_diff.ts");
    return function (flags, ...args) {
      return runDiff(this, flags, args);
    };
  },
  parameters: {
    flags: ownMembers({
      ...treeFlags,
      ...directoryFlags,
      ...readFlags,
      ...resultFlags,
    }),
    positional: {
      kind: "array",
      parameter: {
        parse: String,
        brief: "What is compared",
        placeholder: "LOCATION",
      },
    },
  },
  docs: { brief: diffDescription.brief },
});
