import {
  type ClientRequest,
  type IncomingMessage,
  request as requestHttp,
} from "node:http";
import { request as requestHttps } from "node:https";
import type { ByteSource } from "../../bytes/byte_source.ts";
import { exactChunks } from "../../registry/http/exact_chunks.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { errorCode } from "../system_error.ts";
import { limitConnecting } from "./connect_timeout.ts";
import { haltBelowTls } from "./halt_below_tls.ts";
import type { Route, Routes } from "./routes.ts";
import { refusedBy, unreachable } from "./tunnel_agent.ts";

/** What is sent. */
export interface Message {
  /** Where to. */
  readonly url: URL;
  /** The method. */
  readonly method: string;
  /** The headers, without `Content-Length`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body. */
  readonly body?: ByteSource;
  /** Stops it, and the answer. */
  readonly signal?: AbortSignal;
  /** Is told the number of bytes of the body sent so far, after every chunk. */
  readonly onProgress?: (bytes: number) => void;
}

/** A message that was answered. */
export interface Exchanged {
  /** The answer. Its body is to be read, or the message destroyed. */
  readonly incoming: IncomingMessage;
  /**
   * Lets go of the connection: it is kept for others where message and answer
   * went over it whole, else it is closed.
   */
  readonly release: () => void;
}

/** How messages are sent. */
export interface ExchangeOptions {
  /** The way to hosts. */
  readonly routes: Routes;
  /** Milliseconds until a connection has to stand. */
  readonly connectTimeout: number;
}

/**
 * Largest body that goes over a connection that was used before. That may be
 * closed while the body is being sent, which would be sent anew from the start.
 */
const SMALL = 64 * 1024;
/** Signed URLs in `Location` have more bytes than most runtimes take. */
const MAX_HEADER = 64 * 1024;
/** Milliseconds of silence before the system asks whether anybody is there. */
const TCP_KEEP_ALIVE = 30_000;

/**
 * Sends one message and waits for the head of its answer. The length of the
 * body is announced, no chunk of it is read before the connection has taken
 * the one before, and what is left of it is not sent once there is an answer.
 *
 * @throws What the runtime fails with; a {@linkcode ScratchbuildError} where a
 * proxy, the certificates or the body are at fault; the signal's reason.
 */
export async function exchange(
  { routes, connectTimeout }: ExchangeOptions,
  message: Message,
): Promise<Exchanged> {
  const { url, signal } = message;
  for (let keep = mayGoTwice(message);; keep = false) {
    signal?.throwIfAborted();
    const route = routes.to(url, keep);
    const outgoing = begin(route, message, keep);
    const isTls = route.to.protocol === "https:";
    const standing = isTls ? "secureConnect" : "connect";
    // The tunnel has as long as the host behind it.
    const connections = route.isTunnel ? 2 : 1;
    limitConnecting(outgoing, standing, connections * connectTimeout);
    try {
      const answered = answerOf(outgoing);
      await Promise.race([send(outgoing, answered, message), answered]);
      const incoming = await answered;
      if (isTls) haltBelowTls(incoming.socket);
      if (route.proxy && incoming.statusCode === 407) {
        throw refusedBy(route.proxy, url.host, 407);
      }
      const release = () => {
        const isWhole = outgoing.writableFinished && incoming.complete;
        if (!keep || !isWhole) outgoing.destroy();
      };
      return { incoming, release };
    } catch (error) {
      outgoing.destroy();
      signal?.throwIfAborted();
      if (keep && outgoing.reusedSocket && isClosed(error)) continue;
      if (!route.proxy || error instanceof ScratchbuildError) throw error;
      throw unreachable(route.proxy, error);
    }
  }
}

/**
 * Whether a message may go over a connection that was used before, and once
 * more where that was closed. A part of a blob would be there twice; a POST
 * leaves no more than an upload that nobody goes on with.
 */
function mayGoTwice({ method, body }: Message): boolean {
  return method !== "PATCH" && (body?.size ?? 0) <= SMALL;
}

function begin(route: Route, message: Message, keep: boolean): ClientRequest {
  const { method, headers, body, signal } = message;
  const hasBody = body || !["GET", "HEAD", "DELETE"].includes(method);
  const request = route.to.protocol === "https:" ? requestHttps : requestHttp;
  const outgoing = request(route.to, {
    ...route.options,
    method,
    headers: {
      ...headers,
      ...(hasBody ? { "content-length": String(body?.size ?? 0) } : {}),
      ...(keep ? {} : { connection: "close" }),
      ...route.headers,
    },
    maxHeaderSize: MAX_HEADER,
    signal,
    ...(route.isTunnel ? { tunnelSignal: signal } : {}),
  });
  return outgoing.once("socket", (socket) => {
    socket.setKeepAlive(true, TCP_KEEP_ALIVE);
  });
}

function answerOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
    outgoing.on("close", () => reject(new Error("connection closed")));
  });
}

async function send(
  outgoing: ClientRequest,
  answered: Promise<IncomingMessage>,
  { body, onProgress }: Message,
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
  for await (const chunk of body ? exactChunks(body) : []) {
    if (isOver) return;
    if (!outgoing.write(chunk)) {
      await new Promise<void>((resolve) => wake = resolve);
    }
    onProgress?.(sent += chunk.byteLength);
  }
  outgoing.end();
}

/** Whether the other side closed a connection without a word. */
function isClosed(error: unknown): boolean {
  return ["ECONNRESET", "EPIPE"].includes(errorCode(error) ?? "") ||
    (error as Error).message === "connection closed";
}
