import { printable } from "../../spec/printable.ts";
import type { BuildFlags } from "../commands/build_flags.ts";
import { usageError } from "../parse/usage_error.ts";
import { configFlags } from "./config_flags.ts";
import { mergeFlags } from "./merge_flags.ts";
import { readConfigFile } from "./read_config_file.ts";

/**
 * Adds the settings of the file that `--config` names to the flags.
 *
 * @throws {ScratchbuildError} Code `USAGE` where the file cannot be read, or
 * something in it cannot be right.
 */
export async function withConfigFile<Flags extends BuildFlags>(
  flags: Flags,
): Promise<Flags> {
  const { config } = flags;
  if (config === undefined) return flags;
  const refuse = (why: string) =>
    usageError(
      `Cannot use the configuration file ${printable(config)}: ${why}`,
    );
  const settings = await readConfigFile(config, refuse);
  return { ...flags, ...mergeFlags(configFlags(settings, refuse), flags) };
}
