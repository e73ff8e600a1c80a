import { buildCommand, type Command } from "@stricli/core";
import type { CommandDescription } from "../command_description.ts";
import type { CliContext } from "../context.ts";
import { ownMembers } from "../flags/flag_group.ts";
import { type SeedFlags, seedFlags } from "../flags/seed_flags.ts";
import { buildFlagGroups, type BuildFlags, buildFlags } from "./build_flags.ts";

/** Flags of `push`. */
export interface PushFlags extends BuildFlags, SeedFlags {}

/** What help says about `push`. */
export const pushDescription: CommandDescription = {
  name: "push",
  brief: "Build an image and push it to a registry",
  usage: [
    "push SRC[:DEST]... REFERENCE [FLAGS]",
    "push --dir SRC --name REPOSITORY --regurl URL [FLAGS]",
  ],
  description: [
    "Builds an image from directories, files and tars, on nothing or on " +
    "another image, and pushes it. The same input gives the same digest, on " +
    "every machine. What the registry has is not sent again.",
  ],
  arguments: [
    [
      "SRC[:DEST]",
      "Directory, file or tar (.tar, .tar.gz, .tar.zst) that becomes a layer, " +
      "and where it is in the image (default: /); {os}, {arch}, {variant} and " +
      "{platform} in it are those of each --platform",
    ],
    [
      "REFERENCE",
      "Where the image goes, as in ghcr.io/me/app:1.0; without a tag there " +
      "and in --tag, the tag is latest",
    ],
  ],
  groups: [
    ...buildFlagGroups,
    { title: "In place of arguments", flags: seedFlags },
  ],
  examples: [
    "push dist:/app ghcr.io/me/app:1.0 --entrypoint /app/main",
    "push rootfs.tar.gz bin/app:/usr/bin/ ghcr.io/me/app --modes git",
    "push out localhost:5000/app:1.0 --tag latest --env MODE=test",
    "push {arch} me/app --platform linux/amd64 --platform linux/arm64",
    "push out ghcr.io/me/app --username me --password-stdin <key.txt",
  ],
};

/** `scratchbuild push`. */
export const push: Command<CliContext> = buildCommand<
  PushFlags,
  string[],
  CliContext
>({
  loader: async () => {
    const [{ runBuild }, { pushRequest }] = await Promise.all([
      import("./run_build.ts"),
      import("./push_request.ts"),
    ]);
    return function (flags, ...args) {
      return runBuild(this, pushRequest(flags, args));
    };
  },
  parameters: {
    flags: ownMembers({ ...buildFlags, ...seedFlags }),
    positional: {
      kind: "array",
      parameter: { parse: String, brief: "Source", placeholder: "SRC" },
    },
  },
  docs: { brief: pushDescription.brief },
});
