/** What somebody may do, or wants to. */
export interface Scope {
  /** `repository`. */
  readonly type: string;
  readonly name: string;
  /** `pull`, `push`, `delete`. */
  readonly actions: readonly string[];
}

/**
 * Reads scopes that stand one after the other. A name may hold a colon.
 *
 * @see {@link https://distribution.github.io/distribution/spec/auth/scope/}
 */
export function parseScopes(text: string): Scope[] {
  return text.split(" ").filter((scope) => scope !== "").map((scope) => {
    const [type = "", ...rest] = scope.split(":");
    const actions = (rest.pop() ?? "").split(",").filter((action) => action);
    return { type, name: rest.join(":"), actions };
  });
}

/** Writes scopes as {@linkcode parseScopes} reads them. */
export function formatScopes(scopes: readonly Scope[]): string {
  return scopes.map(({ type, name, actions }) =>
    `${type}:${name}:${actions.join(",")}`
  ).join(" ");
}
