import { mediaTypes } from "../../../src/spec/media_types.ts";
import type { Quirks } from "./quirks.ts";

/** A registry that is known by name. */
export type ProfileName =
  | "ecr"
  | "ghcr"
  | "artifactRegistry"
  | "acr"
  | "dockerHub"
  | "quay"
  | "gitlab"
  | "artifactory"
  | "harbor"
  | "cloudflare"
  | "aliyun"
  | "dockerRegistry"
  | "slow";

const MIB = 1024 * 1024;
const unsupported = { status: 405, code: "UNSUPPORTED" };

/**
 * Registries by their reported habits. An image can be pushed to each of them;
 * habits that forbid that (a read-only cache, a repository that has to be made
 * before) are quirks to be switched on beside a profile.
 *
 * A number that says how large something may be is the real one. A test that
 * wants to do with less passes a smaller one beside the profile.
 */
export const profiles: Readonly<Record<ProfileName, Quirks>> = {
  ecr: {
    location: "absolute",
    minChunk: 5 * MIB,
    silentLimits: true,
    range: "stale",
    patchStatus: 201,
    resumable: "none",
    immutableTags: true,
    noSinglePost: true,
    pageSize: 1000,
  },
  ghcr: {
    maxRangedPatch: 4 * MIB,
    lostUploads: 1,
    noReferrers: true,
    rateLimit: { after: 6, times: 1, retryAfter: "880µs" },
    missingRight: { status: 403, code: "DENIED", message: "denied" },
  },
  artifactRegistry: {
    rangedPatch: { status: 400, code: "UNSUPPORTED", message: "no chunks" },
    unannouncedLength: { status: 411, code: "UNSUPPORTED" },
    postWithoutLength: { status: 411, code: "UNSUPPORTED" },
    longLocation: 6000,
    location: "otherPath",
  },
  acr: {
    unannouncedLength: { status: 400, code: "CONTENT_LENGTH_INVALID" },
    maxPut: 20_000_000,
    falseRangeErrors: 1,
    resumable: "none",
    uploadStatus: { status: 404, code: "BLOB_UPLOAD_UNKNOWN" },
  },
  dockerHub: {
    location: "absolute",
    mountNeedsPull: true,
    rateLimit: { after: 8, times: 1, retryAfter: "1" },
    noReferrers: true,
    redirectBlobs: true,
    noSinglePost: true,
  },
  quay: {
    bareMount: { status: 400, code: "BLOB_UPLOAD_INVALID" },
    mount: { status: 405, code: "UNSUPPORTED" },
    oneScopePerManifest: true,
    pureFormats: true,
    configTypes: [
      mediaTypes.oci.config,
      mediaTypes.docker.config,
      "application/vnd.oci.empty.v1+json",
      "application/vnd.cncf.helm.config.v1+json",
    ],
    redirectBlobs: true,
  },
  gitlab: {
    location: "absolute",
    redirectBlobs: true,
    tokenLifetime: 300,
    foreignScope: { status: 403, code: "DENIED", message: "access forbidden" },
    noReferrers: true,
    noSinglePost: true,
  },
  artifactory: {
    unknownManifestHead: { status: 403, code: "DENIED" },
    mount: { status: 404, code: "BLOB_UNKNOWN" },
    lostUploads: 1,
    digestHeader: "missing",
    blobStatus: 200,
    manifestStatus: 200,
  },
  harbor: {
    mountFromUnknown: { status: 401, code: "UNAUTHORIZED" },
    location: "absolute",
    moreChallenges: ["Negotiate"],
  },
  cloudflare: {
    maxBody: 100_000_000,
    maxChunk: 100_000_000,
    mount: "ignored",
    noReferrers: true,
    warnings: ["this registry keeps nothing for ever"],
  },
  aliyun: { range: "relative", patchStatus: 204, noReferrers: true },
  dockerRegistry: {
    location: "absolute",
    anyOrder: true,
    noSinglePost: true,
    strictStatus: true,
    resumable: "none",
    digestHeader: "sha256",
    noReferrers: true,
    unpagedTags: true,
    deletes: unsupported,
    cancelNeedsDelete: true,
  },
  slow: { answerDelay: 20_000, lateContent: 45_000, lateReferences: 1 },
};
