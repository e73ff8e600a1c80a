import type { FlagParametersForType } from "@stricli/core";
import type { CliContext } from "../context.ts";
import type { FlagGroup } from "../flags/flag_group.ts";
import { type ImageFlags, imageFlags } from "../flags/image_flags.ts";
import { type LayerFlags, layerFlags } from "../flags/layer_flags.ts";
import { type ReuseFlags, reuseFlags } from "../flags/reuse_flags.ts";
import { type OutputFlags, outputFlags } from "../flags/output_flags.ts";
import { type RegistryFlags, registryFlags } from "../flags/registry_flags.ts";
import {
  type TransferFlags,
  transferRegistryFlags,
} from "../flags/transfer_flags.ts";

/** The flags of every command that builds an image. */
export interface BuildFlags
  extends
    ImageFlags,
    LayerFlags,
    RegistryFlags,
    Pick<TransferFlags, "insecure-source">,
    ReuseFlags,
    OutputFlags {
  readonly "dry-run"?: boolean;
}

/** The flags that say how the registries are spoken to, the base's as well. */
const spokenFlags: FlagParametersForType<
  RegistryFlags & Pick<TransferFlags, "insecure-source">,
  CliContext
> = { tag: registryFlags.tag, ...transferRegistryFlags };

/** The flags that say what is told, and whether nothing more is done. */
const toldFlags: FlagParametersForType<
  OutputFlags & Pick<BuildFlags, "dry-run">,
  CliContext
> = {
  ...outputFlags,
  "dry-run": {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Build the image and tell what would be written, but write nothing",
  },
};

/** How {@linkcode BuildFlags} are read. */
export const buildFlags: FlagParametersForType<BuildFlags, CliContext> = {
  ...imageFlags,
  ...layerFlags,
  ...spokenFlags,
  ...reuseFlags,
  ...toldFlags,
};

/** {@linkcode BuildFlags} as help shows them. */
export const buildFlagGroups: readonly FlagGroup[] = [
  { title: "Image", flags: imageFlags },
  { title: "Layers", flags: layerFlags },
  { title: "Registry", flags: spokenFlags },
  { title: "Reuse", flags: reuseFlags },
  { title: "Results and progress", flags: toldFlags },
];
