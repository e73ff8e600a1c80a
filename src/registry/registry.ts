import { DigestMismatchError } from "../bytes/digest_mismatch_error.ts";
import type { ContainerImage } from "../image/container_image.ts";
import { imageBlobs } from "../image/image_blobs.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { mediaTypes } from "../spec/media_types.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";
import { Authenticator } from "./authenticator.ts";
import {
  checkStored,
  fail,
  isFinal,
  pushBlob,
  type Repository,
} from "./blob_upload.ts";
import { discard } from "./capped_body.ts";
import type { Credentials } from "./credentials.ts";
import { apiBase } from "./endpoint.ts";
import { DEFAULT_TAG } from "./familiar_name.ts";
import {
  isTag,
  parseReference,
  type Reference,
  referenceText,
  TAG_GRAMMAR,
} from "./reference.ts";
import { type Fetch, globalFetch, Transport } from "./transport.ts";
import { fetchUpload, type Upload } from "./upload.ts";

/** Options of {@linkcode Registry}. */
export interface RegistryOptions {
  /**
   * Looks up the credential for the registry.
   *
   * @default {() => undefined}
   */
  readonly credentials?: Credentials;
  /**
   * Further tags for the image, beside the one of the reference.
   *
   * @default {[]}
   */
  readonly tags?: readonly string[];
  /**
   * Whether the registry is spoken to over plain http.
   *
   * @default {true} for `localhost`, 127.0.0.0/8 and [::1], otherwise `false`
   */
  readonly insecure?: boolean;
  /**
   * Sends requests.
   *
   * @default {globalThis.fetch}
   */
  readonly fetch?: Fetch;
  /**
   * Sends blobs and manifests.
   *
   * @default {fetchUpload(options.fetch)}
   */
  readonly upload?: Upload;
}

/** Every kind of manifest, so that no registry converts one into another. */
const ACCEPT = Object.values(mediaTypes)
  .flatMap(({ manifest, index }) => [manifest, index]).join(", ");

/**
 * A repository in a registry, as a target for images.
 *
 * @example
 * ```ts
 * import { Registry } from "@x/scratchbuild/core";
 *
 * const registry = new Registry("localhost:5000/me/app:1.0", {
 *   credentials: () => ({ username: "me", password: "secret" }),
 *   tags: ["latest"],
 * });
 * console.log(registry.name); // localhost:5000/me/app
 * ```
 *
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md}
 */
export class Registry implements ImageTarget {
  /** Registry and repository: `ghcr.io/me/app`. */
  readonly name: string;

  /** The reference, in full. */
  readonly reference: Reference;

  readonly #tags: readonly string[];
  readonly #base: URL;
  readonly #repository: Repository;

  /**
   * Opens a repository. The registry is not asked for anything yet.
   *
   * @param reference Where images go, and under which tag: `ghcr.io/me/app:1.0`.
   * @param options How the registry is spoken to.
   * @throws {ReferenceSyntaxError} Where the text is not a reference.
   * @throws {ScratchbuildError} Code `USAGE` where a further tag is none.
   */
  constructor(reference: string | Reference, options: RegistryOptions = {}) {
    // Also what is no text is read: anybody can make an object of this form.
    this.reference = parseReference(
      typeof reference === "string" ? reference : referenceText(reference),
    );
    const { registry, repository, tag } = this.reference;
    this.name = `${registry}/${repository}`;
    this.#tags = [
      ...new Set([...(tag === undefined ? [] : [tag]), ...options.tags ?? []]),
    ];
    const bad = this.#tags.find((tag) => !isTag(tag));
    if (bad !== undefined) {
      throw new ScratchbuildError(
        `Cannot use the tag ${JSON.stringify(bad.slice(0, 200))}: ` +
          `a tag takes ${TAG_GRAMMAR}`,
        { code: "USAGE" },
      );
    }
    const { credentials, insecure, fetch = globalFetch } = options;
    const { upload = fetchUpload(fetch) } = options;
    this.#base = apiBase(this.reference, insecure);
    this.#repository = {
      name: this.name,
      url: new URL(`${repository}/`, this.#base),
      authenticator: new Authenticator(new Transport(fetch, upload), {
        registry,
        url: this.#base,
        scope: `repository:${repository}:pull,push`,
        credentials,
        insecure: insecure ?? false,
      }),
    };
  }

  /**
   * Logs in, without writing anything.
   *
   * @returns The bearer token that requests go with from now on; empty where
   * the registry wants none, or takes the password itself.
   * @throws {RegistryError} Where the registry, or its token server, refuses.
   * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
   */
  async authenticate(
    options: Pick<WriteOptions, "signal"> = {},
  ): Promise<string> {
    const { authenticator } = this.#repository;
    const answer = await authenticator.send({
      method: "GET",
      url: this.#base,
      signal: options.signal,
    });
    if (!answer.response.ok) {
      await fail(this.#repository, `log in to ${this.name}`, answer);
    }
    await discard(answer.response);
    return authenticator.token;
  }

  /**
   * Pushes an image: the blobs that are not there, then its manifest under
   * each tag: that of the reference, those of the options, `latest` where there
   * is none and no digest either. A digest in the reference must be the image's.
   *
   * @throws {RegistryError} Where the registry refuses.
   * @throws {DigestMismatchError} Where the reference has another digest, or
   * the registry says that it got something else.
   * @throws {ScratchbuildError} Code `NETWORK` where it cannot be reached, code
   * `ABORTED` where the signal stopped the work.
   */
  async write(
    image: ContainerImage,
    options: WriteOptions = {},
  ): Promise<void> {
    const { descriptor, bytes } = image.manifest;
    const { signal, onProgress } = options;
    const { digest } = this.reference;
    if (digest !== undefined && digest !== descriptor.digest) {
      throw new DigestMismatchError(
        `Cannot push to ${this.reference}: the digest of the image is ` +
          `${descriptor.digest}. Leave the digest out`,
        { expected: digest, actual: descriptor.digest },
      );
    }
    const names = this.#tags.length > 0 ? this.#tags : [digest ?? DEFAULT_TAG];
    const missing: string[] = [];
    for (const name of names) {
      if (!await this.#has(name, descriptor, signal)) missing.push(name);
    }
    if (missing.length === 0) {
      onProgress?.({ descriptor, state: "present", bytes: 0 });
      return;
    }
    for (const blob of imageBlobs(image)) {
      await pushBlob(this.#repository, blob, options);
    }
    onProgress?.({ descriptor, state: "start", bytes: 0 });
    for (const name of missing) {
      await this.#putManifest(name, descriptor, bytes, signal);
    }
    onProgress?.({ descriptor, state: "done", bytes: descriptor.size });
  }

  /** Whether a tag names this very manifest. */
  async #has(
    name: string,
    { digest }: Descriptor,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const answer = await this.#repository.authenticator.send({
      method: "HEAD",
      url: this.#manifestUrl(name),
      headers: { accept: ACCEPT },
      signal,
    });
    if (isFinal(this.#repository, answer)) {
      await fail(this.#repository, `push to ${this.name}`, answer);
    }
    await discard(answer.response);
    const { ok, headers } = answer.response;
    return ok && headers.get("docker-content-digest") === digest;
  }

  async #putManifest(
    name: string,
    { mediaType, digest }: Descriptor,
    bytes: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const answer = await this.#repository.authenticator.send({
      method: "PUT",
      url: this.#manifestUrl(name),
      headers: { "content-type": mediaType },
      body: new Blob([bytes as Uint8Array<ArrayBuffer>]),
      signal,
    });
    if (!answer.response.ok) {
      const separator = name === digest ? "@" : ":";
      const what = `push the manifest to ${this.name}${separator}${name}`;
      await fail(this.#repository, what, answer);
    }
    await discard(answer.response);
    checkStored(this.#repository, digest, answer.response);
  }

  #manifestUrl(name: string): URL {
    return new URL(`manifests/${name}`, this.#repository.url);
  }
}
