import type { BlobOrigin, ManifestDocument } from "../image/document.ts";
import type { Publishable } from "../image/publishable.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { ByteSource } from "../bytes/byte_source.ts";
import type {
  BlobOptions,
  ImageSource,
  ManifestOptions,
  ReferrersOptions,
} from "../target/image_source.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";
import type { PlannedContent } from "../target/planned_content.ts";
import type { LayersAhead } from "../target/layers_ahead.ts";
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
import { getManifest } from "./pull/get_manifest.ts";
import { listReferrers } from "./pull/list_referrers.ts";
import { listTags } from "./pull/list_tags.ts";
import { readDocument } from "./pull/read_document.ts";
import { PushAhead } from "./push/push_ahead.ts";
import { planPush } from "./push/plan_push.ts";
import { pushImage, type PushImageOptions } from "./push/push_image.ts";
import { UploadMemory } from "./push/upload_memory.ts";
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
    Omit<PushImageOptions, "defaultTags" | "reference"> {
  /**
   * Looks up the credential for the registry.
   *
   * @default {() => undefined}
   */
  readonly credentials?: Credentials;
  /**
   * What the repository is opened for. With `push`, all that is read there is
   * read with the credential and the token for pushing: nothing has to be
   * looked up and exchanged twice where both is done.
   *
   * @default {"pull"}
   */
  readonly access?: "pull" | "push";
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
 * A repository in a registry, as a source of images and a target for them.
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
export class Registry implements ImageTarget, ImageSource {
  /** Registry and repository: `ghcr.io/me/app`. */
  readonly name: string;

  /** The reference, in full. */
  readonly reference: Reference;

  /** The reference of what `manifest()` gets, in full and with a tag or digest. */
  readonly fullReference: string;

  /** The repository, for blobs that are mounted from it. */
  readonly origin: BlobOrigin;

  readonly #base: URL;
  readonly #repository: Repository;
  /** Asks for no repository in particular. */
  readonly #door: Authenticator;
  readonly #push: PushImageOptions;
  readonly #ahead: PushAhead;

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
    this.origin = { registry, repository };
    const { digest } = this.reference;
    this.fullReference = digest === undefined && tag === undefined
      ? `${this.name}:${DEFAULT_TAG}`
      : this.reference.toString();
    const tags = [
      ...new Set([...(tag === undefined ? [] : [tag]), ...options.tags ?? []]),
    ];
    checkTags(tags);
    const isNamed = tags.length > 0 || digest !== undefined;
    const { credentials, access, insecure, fetch = globalFetch } = options;
    const { upload = fetchUpload(fetch) } = options;
    const transport = new Transport({ ...options, fetch, upload });
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
      authenticator: new Authenticator(transport, {
        ...door,
        repository,
        ...(access && { access }),
      }),
    };
    const memory = options.memory ?? new UploadMemory();
    this.#ahead = new PushAhead(this.#repository, { ...options, memory });
    this.#push = {
      ...options,
      memory,
      reference: this.reference,
      defaultTags: isNamed ? tags : [DEFAULT_TAG],
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
   * is none and no digest either. A digest in the reference must be the image's,
   * but where other tags are asked for. Of an index, what it names is pushed
   * first, by digest, as far as it is not there. Blobs that another repository
   * of the registry has are taken from there. Where the registry keeps no list
   * of what refers to a manifest, a manifest with a `subject` is added to the
   * one that is kept under a tag.
   *
   * @throws {RegistryError} Where the registry refuses.
   * @throws {DigestMismatchError} Where the reference has another digest, or
   * the registry says that it got something else.
   * @throws {ScratchbuildError} Code `NETWORK` where it cannot be reached, code
   * `ABORTED` where the signal stopped the work, code `USAGE` where a tag is
   * none.
   */
  async write(image: Publishable, options: WriteOptions = {}): Promise<void> {
    checkTags(options.tags ?? []);
    await pushImage(this.#repository, image, {
      // The options of a registry have tags, too, which are not these.
      ...this.#push,
      ahead: this.#ahead,
      tags: undefined,
      ...options,
    });
  }

  /**
   * Sends layers while they are made, and while others are made, so that little
   * is left to do when the image is written. A layer of which 5 MiB are there
   * is begun before its digest is known, and is sent in vain where the registry
   * turns out to have it.
   */
  ahead(options: Pick<WriteOptions, "signal"> = {}): LayersAhead {
    return this.#ahead.open(options);
  }

  /**
   * Finds out what {@linkcode Registry.write} would send, by questions alone.
   * What can be mounted from another repository need not be sent; whether the
   * registry lets it be mounted shows only when that is done.
   *
   * @throws {RegistryError} Where the registry refuses.
   * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`, code `USAGE` where a
   * tag is none.
   */
  async plan(
    image: Publishable,
    options: WriteOptions = {},
  ): Promise<PlannedContent[]> {
    checkTags(options.tags ?? []);
    return await planPush(this.#repository, image, {
      ...this.#push,
      tags: undefined,
      ...options,
    });
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
   * The bytes of a document that is neither a manifest nor an index that is
   * known here, and that an index names all the same: up to 4 MiB.
   *
   * @throws {RegistryError} Where the registry refuses or has none.
   * @throws {DigestMismatchError} Where the bytes are others.
   * @throws {ScratchbuildError} Code `NETWORK`, `ABORTED`, `REGISTRY` where the
   * size is another or too large, `DIGEST_SYNTAX` where the digest is none, or
   * `USAGE` where it cannot be verified.
   */
  document(
    descriptor: Descriptor,
    options: Pick<BlobOptions, "signal"> = {},
  ): Promise<Uint8Array> {
    return readDocument(this.#repository, descriptor, options);
  }

  /**
   * The bytes of a blob, read from the registry whenever they are opened, and
   * checked against size and digest while they are read. A connection that
   * breaks is followed by another one, which goes on where it ended. A slice of
   * them asks for no others, so it cannot be checked against the digest. The
   * `urls` of the descriptor are asked where `foreign` is set and the registry
   * answers 404: by https, without a credential, and only where the registry
   * itself might lead.
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
    options: BlobOptions = {},
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

function checkTags(tags: readonly string[]): void {
  const bad = tags.find((tag) => !isTag(tag));
  if (bad === undefined) return;
  throw new ScratchbuildError(
    `Cannot use the tag ${JSON.stringify(bad.slice(0, 200))}: ` +
      `a tag takes ${TAG_GRAMMAR}`,
    { code: "USAGE" },
  );
}
