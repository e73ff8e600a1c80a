/** What of a registry a path leads to. */
export interface Route {
  readonly kind:
    | "ping"
    | "blob"
    | "upload"
    | "manifest"
    | "tags"
    | "referrers"
    | "unknown";
  readonly repository: string;
  /** Digest, tag, or id of an upload; empty where one is to begin. */
  readonly name: string;
}

const KINDS: Readonly<Record<string, Route["kind"]>> = {
  "blobs/uploads": "upload",
  blobs: "blob",
  manifests: "manifest",
  referrers: "referrers",
};

/**
 * Reads a path.
 *
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#endpoints}
 */
export function routeOf(path: string): Route {
  if (path === "/v2/") return { kind: "ping", repository: "", name: "" };
  const [, lister] = /^\/v2\/(.+)\/tags\/list$/.exec(path) ?? [];
  if (lister !== undefined) {
    return { kind: "tags", repository: lister, name: "" };
  }
  const [, repository = "", kind = "", name = ""] =
    /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests|referrers)\/([^/]*)$/
      .exec(path) ?? [];
  return { kind: KINDS[kind] ?? "unknown", repository, name };
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** Whether a repository may have this name. */
export function isRepositoryName(name: string): boolean {
  return name.split("/").every((component) => COMPONENT.test(component));
}

/** Whether a tag may have this name. */
export function isTag(name: string): boolean {
  return /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/.test(name);
}
