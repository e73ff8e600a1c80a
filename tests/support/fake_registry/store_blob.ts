import { concat } from "../../../src/bytes/concat.ts";
import { digestBy, hasDigest } from "./digests.ts";
import { errorResponse, refuse } from "./error_response.ts";
import { readBody, type ReceivedBody } from "./read_body.ts";
import { type Exchange, lackOfSpace, noteStored, type State } from "./state.ts";

/** What becomes a blob. */
export interface BlobParts {
  readonly repository: string;
  readonly digest: string;
  /** What has arrived before the body that is read now. */
  readonly before: readonly Uint8Array[];
  /** Is told what arrived of a body that broke off. */
  readonly onBroken?: (bytes: Uint8Array) => void;
}

/** Reads the body that completes a blob, checks all of it, and keeps it. */
export async function storeBlob(
  state: State,
  exchange: Exchange,
  { repository, digest, before, onBroken }: BlobParts,
): Promise<Response> {
  const { quirks, blobs } = state;
  const refused = checkLength(state, exchange);
  if (refused) return refused;
  const limit = Math.min(quirks.maxPut ?? Infinity, quirks.maxBody ?? Infinity);
  const body = await readBody(exchange, limit);
  state.bytesReceived += body.bytes.byteLength;
  if (body.broken !== undefined) {
    onBroken?.(body.bytes);
    throw body.broken;
  }
  if (body.isTooLong) return tooLarge();
  const wrong = checkBody(exchange, body);
  if (wrong) return wrong;
  const bytes = concat([...before, body.bytes]);
  if (!hasDigest(bytes, digest)) {
    return errorResponse(400, "DIGEST_INVALID", "digest does not match");
  }
  if (bytes.byteLength === 0 && quirks.emptyBlob) {
    return refuse(quirks.emptyBlob);
  }
  const lack = lackOfSpace(state, body.bytes.byteLength);
  if (lack) return refuse(lack);
  blobs.set(`${repository}@${digest}`, bytes);
  noteStored(state, `${repository}@${digest}`);
  const told = quirks.digestHeader === "sha256"
    ? digestBy("sha256", bytes)
    : digest;
  if (told !== digest) blobs.set(`${repository}@${told}`, bytes);
  return new Response(null, {
    status: quirks.blobStatus ?? 201,
    headers: {
      location: `/v2/${repository}/blobs/${told}`,
      "docker-content-digest": told,
    },
  });
}

/** What is wrong with how a body that is part of a blob is sent. */
export function checkLength(
  { quirks }: State,
  { headers }: Exchange,
): Response | undefined {
  return quirks.unannouncedLength && headers.has("transfer-encoding")
    ? refuse(quirks.unannouncedLength)
    : undefined;
}

/** What is wrong with a body that is part of a blob. */
export function checkBody(
  { headers }: Exchange,
  { bytes, isOfWrongLength }: ReceivedBody,
): Response | undefined {
  const type = headers.get("content-type");
  if (bytes.byteLength > 0 && type !== "application/octet-stream") {
    return errorResponse(415, "UNSUPPORTED", "octets are wanted");
  }
  return isOfWrongLength
    ? errorResponse(400, "SIZE_INVALID", "not the length announced")
    : undefined;
}

/** The answer to a body that is too large. */
export function tooLarge(): Response {
  return errorResponse(413, "SIZE_INVALID", "the body is too large");
}
