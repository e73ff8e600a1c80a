import type { RegistryOptions } from "../../registry/registry.ts";
import type { CliContext } from "../context.ts";
import type { ConnectionFlags } from "../flags/connection_flags.ts";
import type { Notices } from "../notices.ts";

/** How registries are spoken to, whatever is wanted of them. */
export function registryOptions(
  { insecure, "allow-host": allowHosts }: ConnectionFlags,
  { clock }: CliContext,
  { onWarning, onRetry }: Notices,
): RegistryOptions {
  return {
    onWarning,
    onRetry,
    ...(insecure !== undefined && { insecure }),
    ...(allowHosts && { allowHosts }),
    ...(clock && { clock }),
  };
}
