import type { Reference } from "../registry/reference.ts";
import {
  Registry as CoreRegistry,
  type RegistryOptions,
} from "../registry/registry.ts";
import { nodeUpload } from "./node_upload.ts";

/**
 * A repository in a registry, as a target for images. Blobs are sent by
 * `node:http`, which holds no more than a chunk of them in memory on every
 * runtime, unless the options bring a `fetch` or an `upload`.
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
    const { upload = options.fetch ? undefined : nodeUpload } = options;
    super(reference, { ...options, upload });
  }
}
