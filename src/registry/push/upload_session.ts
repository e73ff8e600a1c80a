import { ScratchbuildError } from "../../spec/error.ts";
import { resolveLocation } from "../http/location.ts";
import type { Answer } from "../http/transport.ts";
import type { UploadPlace } from "./blob_upload.ts";

/** An upload that a registry has begun to take. */
export interface UploadSession {
  /** Where its next request goes. It can be a secret. */
  url: URL;
  /** Bytes that the registry has confirmed. */
  offset: number;
  /** Bytes that were sent, whether or not they arrived. */
  sent: number;
  /** Fewest bytes of a part that is not the last one. */
  minPart: number;
  /** Most bytes of a part. */
  maxPart: number;
  /** How often the registry had less of a part than it was sent. */
  shortParts: number;
  /** Whether what the registry says about its bytes is of no use. */
  isMute: boolean;
}

/** A session of which only the place is known. */
export function newSession(url: URL): UploadSession {
  return {
    url,
    offset: 0,
    sent: 0,
    minPart: 0,
    maxPart: Infinity,
    shortParts: 0,
    isMute: false,
  };
}

/**
 * Takes over where an answer says that the upload goes on, and in what parts.
 *
 * @returns Whether it says where.
 * @throws {ScratchbuildError} Code `NETWORK` where the place must not be
 * contacted.
 */
export function follow(
  upload: UploadPlace,
  session: UploadSession,
  { response: { headers }, url }: Answer,
): boolean {
  session.minPart = limitOf(headers, "min") ?? session.minPart;
  session.maxPart = limitOf(headers, "max") ?? session.maxPart;
  const location = headers.get("location");
  // A stored blob is no upload: to give it up would delete the blob.
  if (location === null || isBlob(location)) return false;
  const { url: registry, authenticator } = upload.repository;
  const { allowHosts } = authenticator.transport;
  const next = resolveLocation(url, location, { registry, allowHosts });
  if (next.url === undefined) {
    throw unusable(
      upload,
      `the registry wants a blob sent where it must not go: ${next.refusal}`,
    );
  }
  session.url = next.url;
  return true;
}

function isBlob(location: string): boolean {
  return /\/blobs\/[a-z0-9+._-]+(?::|%3a)[a-f0-9]+\/?(?:[?#]|$)/i.test(
    location,
  );
}

/**
 * The limit of a part that an answer names.
 *
 * @see {@link https://github.com/opencontainers/distribution-spec/issues/485}
 */
export function limitOf(
  headers: Headers,
  end: "min" | "max",
): number | undefined {
  const text = headers.get(`oci-chunk-${end}-length`) ?? "";
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

/** The error of a session that cannot be used. */
export function unusable(
  { repository }: UploadPlace,
  why: string,
): ScratchbuildError {
  return new ScratchbuildError(
    `Cannot push to ${repository.name}: ${why}. ` +
      "Look into the configuration of the registry and of the proxy before it",
    { code: "NETWORK" },
  );
}
