/** A scope taken apart. */
interface Scope {
  /** Type and name: `repository:me/app`. */
  readonly resource: string;
  /** What is to be done with it, without repetitions and sorted. */
  readonly actions: readonly string[];
}

/** `type:name:actions`, the type with a class where it has one. */
const GRAMMAR =
  /^[a-z][a-z0-9]*(?:\([a-z0-9]+\))?:[^\s\p{Cc}"\\]+:(?:[a-z*_-]+(?:,[a-z*_-]+)*)$/u;
/** Most scopes that are taken from one challenge. */
const MAX_SCOPES = 10;

/**
 * The scope for a repository: `repository:me/app:pull,push`.
 *
 * @param repository The repository in its registry, without the registry.
 * @param actions What is to be done there.
 * @returns `undefined` where nothing is to be done, or nowhere.
 * @see {@link https://distribution.github.io/distribution/spec/auth/scope/}
 */
export function repositoryScope(
  repository: string,
  actions: readonly string[],
): string | undefined {
  const clean = cleanActions(actions);
  if (repository === "" || clean.length === 0) return undefined;
  return `repository:${repository}:${clean.join(",")}`;
}

/**
 * Makes one scope of all that are for the same resource, and sorts scopes and
 * actions. One that asks for nothing is left out; what is no scope stays.
 */
export function mergeScopes(scopes: readonly string[]): string[] {
  const actions = new Map<string, string[]>();
  const others = new Set<string>();
  for (const text of scopes) {
    const scope = splitScope(text);
    if (!scope) others.add(text);
    else {
      const known = actions.get(scope.resource) ?? [];
      actions.set(scope.resource, [...known, ...scope.actions]);
    }
  }
  const merged = [...actions].flatMap(([resource, list]) => {
    const clean = cleanActions(list);
    return clean.length === 0 ? [] : [`${resource}:${clean.join(",")}`];
  });
  return [...merged, ...others].sort();
}

/**
 * What a request needs: the repository itself first, as some registries look at
 * the first scope only, then what else it reads from.
 */
export function requestScopes(
  repository: string,
  access: "pull" | "push",
  readsFrom: readonly string[],
): string[] {
  const actions = access === "push" ? ["pull", "push"] : ["pull"];
  const others = readsFrom.filter((name) => name !== repository)
    .map((name) => repositoryScope(name, ["pull"]) ?? "");
  return [
    repositoryScope(repository, actions) ?? "",
    ...mergeScopes(others.filter((scope) => scope !== "")),
  ].filter((scope) => scope !== "");
}

/**
 * Reads the scopes of a challenge or of a token server's answer, which are
 * separated by spaces. What does not follow the grammar is left out.
 */
export function parseScopes(text: string): string[] {
  return text.split(" ", 4 * MAX_SCOPES)
    .filter((scope) => GRAMMAR.test(scope)).slice(0, MAX_SCOPES);
}

/** Adds scopes to others, whose order stays. */
export function addScopes(
  scopes: readonly string[],
  added: readonly string[],
): string[] {
  const merged = mergeScopes([...scopes, ...added]);
  const order = scopes.map(resourceOf);
  const place = (scope: string) => {
    const index = order.indexOf(resourceOf(scope));
    return index < 0 ? order.length : index;
  };
  return merged.toSorted((a, b) => place(a) - place(b));
}

/** Whether what is good for some scopes is good for others as well. */
export function coversScopes(
  scopes: readonly string[],
  others: readonly string[],
): boolean {
  return others.every((text) => {
    const wanted = splitScope(text);
    if (!wanted) return scopes.includes(text);
    const held = scopes.flatMap((scope) => {
      const { resource, actions } = splitScope(scope) ?? {};
      return resource === wanted.resource ? actions ?? [] : [];
    });
    return held.includes("*") ||
      wanted.actions.every((action) => held.includes(action));
  });
}

/** Whether a scope is for a repository, whatever is to be done there. */
export function isScopeOf(scope: string, repository: string): boolean {
  return resourceOf(scope) === `repository:${repository}`;
}

/** Type and name lie before the last colon: a name may hold a port. */
function splitScope(text: string): Scope | undefined {
  const first = text.indexOf(":");
  const last = text.lastIndexOf(":");
  if (first === last) return undefined;
  return {
    resource: text.slice(0, last),
    actions: cleanActions(text.slice(last + 1).split(",")),
  };
}

function resourceOf(scope: string): string {
  return splitScope(scope)?.resource ?? scope;
}

function cleanActions(actions: readonly string[]): string[] {
  const clean = [...new Set(actions.filter((action) => action !== ""))].sort();
  return clean.includes("*") ? ["*"] : clean;
}
