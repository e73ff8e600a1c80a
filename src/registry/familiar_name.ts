import type { Reference } from "./reference.ts";

/** The tag that is meant where neither a tag nor a digest is given. */
export const DEFAULT_TAG = "latest";

/**
 * The name of a repository as Docker shows it: what `parseReference` added to
 * it is left out again, so that `docker.io/library/ubuntu` is `ubuntu`.
 */
export function familiarName({ registry, repository }: Reference): string {
  if (registry !== "docker.io") return `${registry}/${repository}`;
  return repository.replace(/^library\/(?=[^/]+$)/, "");
}
