import type { Refusal } from "./error_response.ts";

/**
 * What sets a registry apart from a correct one. Each field is one habit that
 * was reported of a real registry; all are off unless told.
 */
export interface Quirks
  extends
    UploadQuirks,
    MountQuirks,
    ContentQuirks,
    AccessQuirks,
    ServiceQuirks {}

/** Habits around the upload of blobs. */
export interface UploadQuirks {
  /**
   * How the `Location` of an upload is spelled: `relative` unless told.
   * `otherPath` stands outside `/v2/`, `otherHost` is a signed URL of a storage
   * that must not be shown the credential, `downgraded` says http, and
   * `withoutPort` lacks the port, as proxies make it.
   *
   * @see {@link https://github.com/oras-project/oras-py/issues/150}
   * @see {@link https://github.com/distribution/distribution/issues/2225}
   * @see {@link https://github.com/distribution/distribution/issues/2862}
   */
  readonly location?:
    | "relative"
    | "absolute"
    | "otherPath"
    | "otherHost"
    | "downgraded"
    | "withoutPort";
  /**
   * Characters that pad every `Location` of an upload.
   *
   * @see {@link https://github.com/denoland/deno/issues/27830}
   */
  readonly longLocation?: number;
  /**
   * Bodies of unannounced length (`Transfer-Encoding: chunked`) are refused.
   * Only requests off the wire can have one.
   *
   * @see {@link https://github.com/dotnet/sdk-container-builds/issues/258} ACR
   */
  readonly unannouncedLength?: Refusal;
  /**
   * A POST off the wire without `Content-Length` is refused.
   *
   * @see {@link https://github.com/oras-project/rust-oci-client/issues/176} GAR
   */
  readonly postWithoutLength?: Refusal;
  /** A PATCH of any kind is refused. */
  readonly patch?: Refusal;
  /**
   * A PATCH with `Content-Range` is refused.
   *
   * @see {@link https://github.com/dotnet/sdk-container-builds/issues/287} GAR
   */
  readonly rangedPatch?: Refusal;
  /**
   * Most bytes of a PATCH with `Content-Range`; more is a 416, too large.
   *
   * @see {@link https://github.com/ocx-sh/ocx/issues/237} GHCR: 4 MiB
   */
  readonly maxRangedPatch?: number;
  /**
   * Most bytes that a PUT or POST of a blob may carry; more is a 413.
   *
   * @see {@link https://github.com/Azure/acr/issues/866} ACR: about 20 MB
   */
  readonly maxPut?: number;
  /**
   * Most bytes that any body may have; more is a 413.
   *
   * @see {@link https://github.com/cloudflare/serverless-registry/issues/67}
   */
  readonly maxBody?: number;
  /**
   * Fewest bytes of a chunk that is not the last, announced by
   * `OCI-Chunk-Min-Length`.
   *
   * @see {@link https://github.com/opencontainers/distribution-spec/issues/485}
   * @see {@link https://github.com/dotnet/sdk-container-builds/issues/424} ECR
   */
  readonly minChunk?: number;
  /**
   * Most bytes of a chunk, announced by `OCI-Chunk-Max-Length`; more is a 413.
   *
   * @see {@link https://github.com/cloudflare/serverless-registry/issues/67}
   */
  readonly maxChunk?: number;
  /** Limits of a chunk hold, but no header announces them. */
  readonly silentLimits?: boolean;
  /**
   * What the `Range` of an answer says of an upload: `stale` stays where it was
   * after the first chunk, `relative` counts from the start of the last chunk,
   * `prefixed` begins with `bytes=`, `longer` has bytes that were never sent.
   *
   * @see {@link https://github.com/aws/containers-roadmap/issues/2831} ECR
   * @see {@link https://github.com/regclient/regclient/issues/627} Aliyun
   */
  readonly range?: "stale" | "relative" | "missing" | "prefixed" | "longer";
  /**
   * Chunks are appended wherever their `Content-Range` says that they belong.
   *
   * @see {@link https://github.com/opencontainers/distribution-spec/issues/590}
   */
  readonly anyOrder?: boolean;
  /**
   * The first so many chunks are answered 416 although they fit, and with that
   * their uploads are lost.
   *
   * @see {@link https://github.com/Azure/azure-sdk-for-js/issues/25448} ACR
   */
  readonly falseRangeErrors?: number;
  /**
   * The first so many uploads are lost: what should end one is answered 404.
   *
   * @see {@link https://github.com/GoogleContainerTools/jib/issues/4301} GHCR
   * @see {@link https://github.com/GoogleContainerTools/jib/issues/3399} Artifactory
   */
  readonly lostUploads?: number;
  /**
   * What is left of an upload whose connection broke off amid a body: the
   * bytes of all bodies that were `completed`, which is so unless told; `all`
   * bytes that arrived; or `none`, as in docker-registry 2.8.
   */
  readonly resumable?: "completed" | "all" | "none";
  /** How the status of an upload is refused (docker-registry: by a 404). */
  readonly uploadStatus?: Refusal;
  /** A Location that is not the latest is not good for the status either. */
  readonly strictStatus?: boolean;
  /**
   * An upload in one POST is answered 202, as if it held no blob.
   *
   * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#single-post}
   */
  readonly noSinglePost?: boolean;
  /** Status that begins an upload: 202 unless told. */
  readonly postStatus?: number;
  /**
   * Status of a PATCH that went well: 202 unless told.
   *
   * @see {@link https://github.com/dotnet/sdk-container-builds/issues/279} ECR
   */
  readonly patchStatus?: number;
  /** Status of a PUT of a blob that went well: 201 unless told. */
  readonly blobStatus?: number;
  /**
   * A body of an upload is redirected to a storage, whose URL is signed and
   * which must not be shown the credential.
   */
  readonly redirectUploads?: boolean;
  /**
   * Cancelling an upload takes the right to delete (IBM Cloud, distribution).
   */
  readonly cancelNeedsDelete?: boolean;
  /**
   * A blob without a byte is refused.
   *
   * @see {@link https://github.com/cloudflare/serverless-registry/issues/138}
   */
  readonly emptyBlob?: Refusal;
}

/** Habits around the mount of a blob of another repository. */
export interface MountQuirks {
  /**
   * Mounts begin an upload (`ignored`), or are refused.
   *
   * @see {@link https://github.com/GoogleContainerTools/jib/issues/3281} Artifactory
   */
  readonly mount?: "ignored" | Refusal;
  /**
   * A `mount` without `from` is refused; it begins an upload unless told.
   * Quay does so, go-containerregistry knows.
   */
  readonly bareMount?: Refusal;
  /**
   * A mount without the right to pull from the source is a 401; it begins an
   * upload unless told.
   *
   * @see {@link https://github.com/google/go-containerregistry/issues/1741} Docker Hub
   */
  readonly mountNeedsPull?: boolean;
  /**
   * A mount from a repository that does not exist is refused.
   *
   * @see {@link https://github.com/goharbor/harbor/issues/17097} Harbor: 401
   */
  readonly mountFromUnknown?: Refusal;
}

/** Habits around what is stored. */
export interface ContentQuirks {
  /**
   * `Docker-Content-Digest` is left out, is wrong, or is always a SHA-256,
   * which docker-registry 2.8 does.
   */
  readonly digestHeader?: "missing" | "wrong" | "sha256";
  /**
   * Blobs are redirected to a storage, whose URL is signed and which must not
   * be shown the credential.
   *
   * @see {@link https://github.com/containers/podman/issues/17999} GitLab
   */
  readonly redirectBlobs?: boolean;
  /** A `Range` of a GET is ignored, or answered with another one. */
  readonly blobRange?: "ignored" | "wrong";
  /** HEAD is refused, although GET works. */
  readonly head?: Refusal;
  /**
   * HEAD of a manifest that is not there is refused so: a 404 unless told.
   * RTFACT-13797: Artifactory says 403.
   */
  readonly unknownManifestHead?: Refusal;
  /** `Accept` is ignored; unless told, what it lacks is a 404. */
  readonly ignoreAccept?: boolean;
  /** Status of a PUT of a manifest that went well: 201 unless told. */
  readonly manifestStatus?: number;
  /**
   * The only media types that a manifest may have.
   *
   * @see {@link https://github.com/GoogleContainerTools/jib/issues/1445} Artifactory
   */
  readonly manifestTypes?: readonly string[];
  /**
   * The only media types that a configuration may have.
   *
   * @see {@link https://github.com/oras-project/oras/issues/738} Quay
   */
  readonly configTypes?: readonly string[];
  /**
   * A manifest of one format must not name parts of the other.
   *
   * @see {@link https://github.com/ko-build/ko/issues/449}
   */
  readonly pureFormats?: boolean;
  /**
   * A tag that is set cannot be set again, not even to what it names.
   *
   * @see {@link https://github.com/moby/buildkit/issues/3776} ECR
   */
  readonly immutableTags?: boolean;
  /**
   * The only repositories that there are. Unless told, the first upload makes
   * one.
   *
   * @see {@link https://github.com/aws/containers-roadmap/issues/853} ECR
   */
  readonly repositories?: readonly string[];
  /** An index may name what is not there. */
  readonly sparseIndexes?: boolean;
  /** An index that names what is not there is refused as MANIFEST_UNKNOWN. */
  readonly unknownChildren?: boolean;
  /** There is no list of referrers, and nobody notes a `subject`. */
  readonly noReferrers?: boolean;
  /** There is a list of referrers, but no answer says so. */
  readonly noSubjectHeader?: boolean;
  /** Referrers are not filtered by the registry. */
  readonly noReferrersFilter?: boolean;
  /** Most entries of a list that are told at once. */
  readonly pageSize?: number;
  /** Tags are told all at once, whatever is asked (docker-registry 2.8). */
  readonly unpagedTags?: boolean;
  /** How the `Link` to the next page leads: relative unless told. */
  readonly link?: "absolute" | "loop" | "otherHost";
  /** A list without tags says `null`. */
  readonly nullTags?: boolean;
  /** Deleting is refused. */
  readonly deletes?: Refusal;
  /**
   * Milliseconds, on the clock given, for which a blob or a manifest that was
   * stored is answered as if it were not there; without a clock given, none.
   */
  readonly lateContent?: number;
  /** So many times a manifest is refused as if its blobs were not there. */
  readonly lateReferences?: number;
}

/** Habits around who may do what. Those of tokens need a token server. */
export interface AccessQuirks {
  /** A 401 has no `WWW-Authenticate` (seen at Google's registries). */
  readonly noChallenge?: boolean;
  /** Challenges that stand before the own one: `Negotiate`. */
  readonly moreChallenges?: readonly string[];
  /**
   * `GET /v2/` is answered to everybody.
   *
   * @see {@link https://github.com/sonatype/nexus-public/issues/270} Nexus
   */
  readonly openPing?: boolean;
  /** How a good token without the right is refused: a 401 unless told. */
  readonly missingRight?: Refusal;
  /** The first scope is granted alone (go-containerregistry, mise). */
  readonly firstScopeOnly?: boolean;
  /**
   * Asking for more than one repository at once is refused.
   *
   * @see {@link https://github.com/google/go-containerregistry/issues/220} GitLab
   */
  readonly foreignScope?: Refusal;
  /**
   * A token for several repositories is not good for a PUT of a manifest.
   *
   * @see {@link https://github.com/GoogleContainerTools/jib/issues/698} Quay
   */
  readonly oneScopePerManifest?: boolean;
  /** Seconds that a token is good for: 300 unless told. */
  readonly tokenLifetime?: number;
  /** The answer with a token does not say for how long; that is 60 seconds. */
  readonly noExpiresIn?: boolean;
  /** Getting a token by POST is refused (older token servers: 404, 405). */
  readonly tokenPost?: Refusal;
}

/** Habits of the service as a whole. */
export interface ServiceQuirks {
  /** Milliseconds that its clock is ahead of the one given. */
  readonly clockSkew?: number;
  /**
   * Milliseconds that every answer takes on the clock given; without a clock
   * given nothing takes any time.
   */
  readonly answerDelay?: number;
  /** Texts that every answer warns of. */
  readonly warnings?: readonly string[];
  /**
   * So many requests are refused as too many, after those that are let through.
   *
   * @see {@link https://github.com/oras-project/rust-oci-client/issues/235} Docker Hub
   */
  readonly rateLimit?: {
    readonly after: number;
    readonly times: number;
    /** `Retry-After`; GHCR has said `880µs`. */
    readonly retryAfter?: string;
  };
  /** Whatever changes something is a 405 (maintenance, proxy caches). */
  readonly readOnly?: boolean;
  /** Bytes that fit on the disk; more is a 500. */
  readonly diskSize?: number;
  /** Bytes that the account may store; more is a 403. */
  readonly quota?: number;
  /** What stands in the place of the body of a refusal. */
  readonly errorBodies?: "empty" | "html";
}
