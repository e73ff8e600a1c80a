import type { ContainerImage } from "../image/container_image.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { ByteSource } from "../bytes/byte_source.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";
import type { LoginReport } from "./auth/access_report.ts";
import { type AccessReport, checkAccess } from "./auth/check_access.ts";
import { checkLogin } from "./auth/check_login.ts";
import { Authenticator } from "./auth/authenticator.ts";
import type { Credentials } from "./auth/credentials.ts";
import { apiBase } from "./endpoint.ts";
import { discard } from "./http/capped_body.ts";
import {
  type Fetch,
  globalFetch,
  Transport,
  type TransportOptions,
} from "./http/transport.ts";
import { fetchUpload, type Upload } from "./http/upload.ts";
import { blobSource } from "./pull/blob_source.ts";
import {
  getManifest,
  type ManifestDocument,
  type ManifestOptions,
} from "./pull/get_manifest.ts";
import { listReferrers, type ReferrersOptions } from "./pull/list_referrers.ts";
import { listTags } from "./pull/list_tags.ts";
import { pushImage, type PushImageOptions } from "./push/push_image.ts";
import {
  isTag,
  parseReference,
  type Reference,
  referenceText,
  TAG_GRAMMAR,
} from "./reference.ts";
import { DEFAULT_TAG } from "./familiar_name.ts";
import { fail, type Repository } from "./repository.ts";

/** Options of {@linkcode Registry}. */
export interface RegistryOptions
  extends
    Omit<TransportOptions, "fetch" | "upload">,
    Omit<PushImageOptions, "tags" | "reference"> {
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

  readonly #base: URL;
  readonly #repository: Repository;
  /** Asks for no repository in particular. */
  readonly #door: Authenticator;
  readonly #push: PushImageOptions;

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
    const tags = [
      ...new Set([...(tag === undefined ? [] : [tag]), ...options.tags ?? []]),
    ];
    const bad = tags.find((tag) => !isTag(tag));
    if (bad !== undefined) {
      throw new ScratchbuildError(
        `Cannot use the tag ${JSON.stringify(bad.slice(0, 200))}: ` +
          `a tag takes ${TAG_GRAMMAR}`,
        { code: "USAGE" },
      );
    }
    const { credentials, insecure, fetch = globalFetch } = options;
    const { upload = fetchUpload(fetch) } = options;
    const transport = new Transport({ ...options, fetch, upload });
    this.#push = { ...options, reference: this.reference, tags };
    this.#base = apiBase(this.reference, insecure);
    const door = {
      registry,
      url: this.#base,
      credentials,
      insecure: insecure ?? false,
    };
    this.#repository = {
      registry,
      path: repository,
      name: this.name,
      url: new URL(`${repository}/`, this.#base),
      authenticator: new Authenticator(transport, { ...door, repository }),
    };
    this.#door = new Authenticator(transport, { ...door, repository: "" });
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
      access: "push",
      signal: options.signal,
    });
    if (!answer.response.ok) {
      await fail(this.#repository, `log in to ${this.name}`, answer);
    }
    await discard(answer.response);
    return authenticator.token;
  }

  /**
   * Finds out whether the registry takes the credential, for whatever
   * repository.
   *
   * @returns What it asked for; no `scheme` where it asks nobody.
   * @throws {RegistryError} Where the registry, or its token server, refuses.
   * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
   */
  checkLogin(
    options: Pick<WriteOptions, "signal"> = {},
  ): Promise<LoginReport> {
    const { registry } = this.reference;
    return checkLogin(this.#door, { ...options, registry, base: this.#base });
  }

  /**
   * Finds out who the registry takes us for and what it lets us do, without
   * writing anything that stays.
   *
   * @throws {ScratchbuildError} Code `NETWORK` where it cannot be reached, code
   * `ABORTED`. What the registry refuses is part of the report.
   */
  checkAccess(
    options: Pick<WriteOptions, "signal"> = {},
  ): Promise<AccessReport> {
    return checkAccess(this.#repository, { ...options, base: this.#base });
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
  write(image: ContainerImage, options: WriteOptions = {}): Promise<void> {
    return pushImage(this.#repository, image, { ...this.#push, ...options });
  }

  /**
   * Gets a manifest or an index, its bytes checked against its digest.
   *
   * @param name A tag or a digest.
   * @default {the digest, else the tag of the reference, else `latest`}
   * @throws {RegistryError} Where the registry refuses or has none.
   * @throws {DigestMismatchError} Where the bytes are others.
   * @throws {ScratchbuildError} Code `NETWORK`, `ABORTED`, `REGISTRY` where what
   * came is no manifest, or `USAGE` where the name is neither a tag nor a digest
   * that can be verified.
   */
  manifest(
    name: string = this.reference.digest ?? this.reference.tag ?? DEFAULT_TAG,
    options: ManifestOptions = {},
  ): Promise<ManifestDocument> {
    return getManifest(this.#repository, name, options);
  }

  /**
   * The bytes of a blob, read from the registry whenever they are opened, and
   * checked against size and digest while they are read. A connection that
   * breaks is followed by another one, which goes on where it ended. The `urls`
   * of the descriptor are not asked.
   *
   * @throws {RegistryError} While it is read, where the registry refuses or has
   * no such blob.
   * @throws {DigestMismatchError} While it is read, where the bytes are others.
   * @throws {ScratchbuildError} While it is read, code `NETWORK`, `ABORTED`, or
   * `REGISTRY` where the length is another. At once, code `DIGEST_SYNTAX` where
   * the digest is none, code `USAGE` where it cannot be verified, or the size is
   * none.
   */
  blob(
    descriptor: Descriptor,
    options: Pick<WriteOptions, "signal"> = {},
  ): ByteSource {
    return blobSource(this.#repository, descriptor, options);
  }

  /**
   * Lists the tags of the repository, page after page as they are asked for.
   *
   * @throws {RegistryError} Where the registry refuses.
   * @throws {ScratchbuildError} Code `NETWORK`, `ABORTED`, or `REGISTRY` where
   * what came is no list, or leads elsewhere.
   */
  tags(
    options: Pick<WriteOptions, "signal"> = {},
  ): AsyncGenerator<string, void, undefined> {
    return listTags(this.#repository, options);
  }

  /**
   * Lists what refers to a manifest: signatures, attestations …
   *
   * @throws {RegistryError} Where the registry refuses.
   * @throws {ScratchbuildError} Code `NETWORK`, `ABORTED`, `DIGEST_SYNTAX`, or
   * `REGISTRY` where what came is no list, or leads elsewhere.
   */
  referrers(
    digest: Digest,
    options: ReferrersOptions = {},
  ): AsyncGenerator<Descriptor, void, undefined> {
    return listReferrers(this.#repository, digest, options);
  }
}
