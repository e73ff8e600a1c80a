import { apiBase } from "../registry/endpoint.ts";
import {
  parseReference,
  type Reference,
  referenceText,
} from "../registry/reference.ts";
import {
  Registry as CoreRegistry,
  type RegistryOptions as CoreRegistryOptions,
} from "../registry/registry.ts";
import type { ConnectionOptions } from "./http/connection_options.ts";
import { type NodeClient, nodeClient } from "./http/node_client.ts";
import { upgradingClient } from "./http/upgrading_client.ts";

/** Options of {@linkcode Registry}. */
export interface RegistryOptions
  extends CoreRegistryOptions, ConnectionOptions {}

/**
 * A repository in a registry, as a target for images. Requests go by
 * `node:http`, which does the same on every runtime: it holds no more than a
 * chunk of a blob in memory, leaves bytes as they come, and takes proxies and
 * certificates as {@linkcode ConnectionOptions} has them. Where the options bring a
 * `fetch` or an `upload`, those are on their own.
 *
 * @example
 * ```ts
 * import { Registry } from "@x/scratchbuild";
 *
 * const registry = new Registry("localhost:5000/me/app:1.0", {
 *   credentials: () => ({ username: "me", password: "secret" }),
 *   tags: ["latest"],
 * });
 * console.log(registry.name); // localhost:5000/me/app
 * ```
 */
export class Registry extends CoreRegistry {
  /**
   * Opens a repository. The registry is not asked for anything yet.
   *
   * @param reference Where images go, and under which tag: `ghcr.io/me/app:1.0`.
   * @param options How the registry is spoken to.
   * @throws {ReferenceSyntaxError} Where the text is not a reference.
   * @throws {ScratchbuildError} Code `USAGE` where a further tag is none.
   */
  constructor(reference: string | Reference, options: RegistryOptions = {}) {
    const parsed = parseReference(
      typeof reference === "string" ? reference : referenceText(reference),
    );
    const { fetch, upload } = options;
    const client = fetch ? undefined : clientOf(parsed, options);
    super(parsed, {
      ...options,
      fetch: fetch ?? client?.fetch,
      upload: upload ?? client?.upload,
    });
  }
}

function clientOf(reference: Reference, options: RegistryOptions): NodeClient {
  const registry = apiBase(reference, options.insecure);
  const client = nodeClient({ ...options, registry });
  return registry.protocol === "http:" && options.insecure === undefined
    ? upgradingClient(client, registry)
    : client;
}
