import type { FlagParametersForType } from "@stricli/core";
import type { CliContext } from "../context.ts";
import type { FlagGroup } from "../flags/flag_group.ts";
import { type ImageFlags, imageFlags } from "../flags/image_flags.ts";
import { type LayerFlags, layerFlags } from "../flags/layer_flags.ts";
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
    OutputFlags {}

/** The flags that say how the registries are spoken to, the base's as well. */
const spokenFlags: FlagParametersForType<
  RegistryFlags & Pick<TransferFlags, "insecure-source">,
  CliContext
> = { tag: registryFlags.tag, ...transferRegistryFlags };

/** How {@linkcode BuildFlags} are read. */
export const buildFlags: FlagParametersForType<BuildFlags, CliContext> = {
  ...imageFlags,
  ...layerFlags,
  ...spokenFlags,
  ...outputFlags,
};

/** {@linkcode BuildFlags} as help shows them. */
export const buildFlagGroups: readonly FlagGroup[] = [
  { title: "Image", flags: imageFlags },
  { title: "Layers", flags: layerFlags },
  { title: "Registry", flags: spokenFlags },
  { title: "Results and progress", flags: outputFlags },
];
