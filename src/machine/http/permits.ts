/** What Deno may have been told not to let a program do. */
export type Permission =
  | { readonly name: "env"; readonly variable: string }
  | { readonly name: "net" }
  | { readonly name: "read"; readonly path: string };

interface DenoPermissions {
  querySync(permission: Permission): { readonly state: string };
}

/**
 * Whether a program may do something without anybody being asked. Bun and Node
 * permit all of it.
 */
export function permits(permission: Permission): boolean {
  const { Deno } = globalThis as {
    Deno?: { readonly permissions: DenoPermissions };
  };
  if (!Deno) return true;
  return Deno.permissions.querySync(permission).state === "granted";
}
