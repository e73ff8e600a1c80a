interface Permissions {
  querySync(permission: { name: string; command?: string }): { state: string };
}

/**
 * Whether this program may run another one without anybody being asked for it.
 * Only Deno ever says no. It wants the environment to be readable, too.
 */
export function mayRun(command: string): boolean {
  const { Deno } = globalThis as { Deno?: { permissions: Permissions } };
  return Deno === undefined ||
    [{ name: "run", command }, { name: "env" }].every((permission) =>
      Deno.permissions.querySync(permission).state === "granted"
    );
}
