import {
  type ClientRequest,
  type IncomingMessage,
  request as requestHttp,
} from "node:http";
import { request as requestHttps } from "node:https";
import { concat } from "../bytes/concat.ts";
import { BODY_LIMIT } from "../registry/capped_body.ts";
import { exactChunks } from "../registry/exact_chunks.ts";
import type { Upload, UploadRequest } from "../registry/upload.ts";

/**
 * Uploads by `node:http` and `node:https`: the length is announced, no chunk is
 * read before the connection has taken the one before, and memory stays flat.
 * On no runtime does `fetch` do all of that.
 */
export const nodeUpload: Upload = async (upload): Promise<Response> => {
  const { url, method, headers, body, signal } = upload;
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  signal?.throwIfAborted();
  const outgoing = request(url, {
    method,
    headers: {
      ...headers,
      "content-length": String(body.size),
      // A connection that was idle may be closed under a body that has begun.
      "connection": "close",
    },
  });
  const stop = () => outgoing.destroy(signal?.reason);
  signal?.addEventListener("abort", stop);
  try {
    const answered = answerOf(outgoing);
    const sending = send(outgoing, answered, upload);
    await Promise.race([sending, answered]);
    return await toResponse(await answered);
  } finally {
    signal?.removeEventListener("abort", stop);
    outgoing.destroy();
  }
};

function answerOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
    outgoing.on("close", () => reject(new Error("connection closed")));
  });
}

/** Sends the body; what is left of it is not sent once there is an answer. */
async function send(
  outgoing: ClientRequest,
  answered: Promise<IncomingMessage>,
  { body, onProgress }: UploadRequest,
): Promise<void> {
  let isOver = false;
  let wake = () => {};
  const end = () => {
    isOver = true;
    wake();
  };
  answered.then(end, end);
  outgoing.on("drain", () => wake());
  let sent = 0;
  for await (const chunk of exactChunks(body)) {
    if (isOver) return;
    if (!outgoing.write(chunk)) {
      await new Promise<void>((resolve) => wake = resolve);
    }
    onProgress?.(sent += chunk.byteLength);
  }
  outgoing.end();
}

async function toResponse(incoming: IncomingMessage): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size >= BODY_LIMIT) break;
    }
  } catch {
    // Who answers early may close early; the status has come, and counts.
  }
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    headers.append(
      incoming.rawHeaders[i] ?? "",
      incoming.rawHeaders[i + 1] ?? "",
    );
  }
  const status = incoming.statusCode ?? 0;
  const hasNoBody = [204, 205, 304].includes(status);
  const bytes = concat(chunks).subarray(0, BODY_LIMIT);
  return new Response(hasNoBody ? null : bytes as Uint8Array<ArrayBuffer>, {
    status,
    headers,
  });
}
