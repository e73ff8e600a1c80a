import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { iterateStream } from "../../../src/bytes/byte_source.ts";
import { isReset } from "./apply_fault.ts";
import type { FakeRegistry } from "./fake_registry.ts";

/** A registry that is served. */
export interface ServedRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Ends it, with all connections. */
  close(): Promise<void>;
}

/**
 * Serves a registry over HTTP on a free port of the loopback interface. Where
 * it throws a reset, so does the connection; where it answers before it has
 * read a body, so does the server.
 */
export async function serve(
  registry: Pick<FakeRegistry, "fetch">,
): Promise<ServedRegistry> {
  const listen = (incoming: IncomingMessage, outgoing: ServerResponse) =>
    void respond(registry, incoming, outgoing);
  const server = createServer({ keepAliveTimeout: 60_000 }, listen);
  // Node says 100 Continue by itself unless there is a listener.
  server.on("checkContinue", listen);
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve())
  );
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    host: `127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  registry: Pick<FakeRegistry, "fetch">,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const controller = new AbortController();
  const { socket } = incoming;
  const onClose = () => controller.abort(new Error("the client went away"));
  socket.once("close", onClose);
  try {
    const request = toRequest(incoming, outgoing, controller.signal);
    const { status, headers, body } = await registry.fetch(request);
    if (!body && status !== 204 && incoming.method !== "HEAD") {
      outgoing.setHeader("content-length", "0");
    }
    for (const [name, value] of headers) outgoing.setHeader(name, value);
    outgoing.writeHead(status);
    if (body) {
      // What is told of the length of a long body is to arrive before it does.
      outgoing.flushHeaders();
      for await (const chunk of iterateStream(body)) {
        if (!outgoing.write(chunk)) await drained(outgoing, socket);
      }
    }
    outgoing.end();
    // What the registry does not want is let pass: the connection is kept.
    await request.body?.cancel().catch(() => {});
  } catch (error) {
    if (isReset(error) || outgoing.headersSent || socket.destroyed) {
      socket.destroy();
      return;
    }
    // The test that answers has failed.
    outgoing.writeHead(500);
    outgoing.end(String(error));
  } finally {
    socket.off("close", onClose);
  }
}

function toRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  signal: AbortSignal,
): Request {
  const { method = "GET", headers, url = "/" } = incoming;
  const hasBody = headers["transfer-encoding"] !== undefined ||
    Number(headers["content-length"] ?? 0) > 0;
  const init = {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
    signal,
  };
  const target = `http://${headers.host}${url}`;
  if (!hasBody || method === "GET" || method === "HEAD") {
    return new Request(target, init);
  }
  const body = bodyOf(incoming, outgoing);
  // Missing in the types of the DOM, required by the runtimes.
  return new Request(target, { ...init, body, ...{ duplex: "half" } });
}

/**
 * The body of a request. Cancelling it drops the rest of it and keeps the
 * connection, which an iterator of the message would destroy.
 */
function bodyOf(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): ReadableStream<Uint8Array> {
  let isWaiting = /100-continue/i.test(incoming.headers.expect ?? "");
  let isOver = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      incoming.pause();
      const { socket } = incoming;
      const end = (act: () => void) => {
        socket.off("close", onClose);
        if (!isOver) act();
        isOver = true;
      };
      const fail = () =>
        end(() => controller.error(new Error("the client went away")));
      // A connection that is kept sees many requests.
      const onClose = () => incoming.complete || fail();
      incoming.on("data", (chunk: Uint8Array) => {
        if (isOver) return;
        controller.enqueue(new Uint8Array(chunk));
        incoming.pause();
      });
      incoming.on("end", () => end(() => controller.close()));
      incoming.on("error", fail);
      incoming.on("aborted", fail);
      socket.on("close", onClose);
    },
    pull() {
      if (isWaiting) outgoing.writeContinue();
      isWaiting = false;
      incoming.resume();
    },
    cancel() {
      isOver = true;
      incoming.resume();
    },
  }, { highWaterMark: 0 });
}

/** Waits until more can be written, or the client is gone. */
function drained(
  outgoing: ServerResponse,
  socket: IncomingMessage["socket"],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      outgoing.off("drain", onDrain);
      socket.off("close", onClose);
      act();
    };
    const onDrain = settle(resolve);
    const onClose = settle(() => reject(new Error("the client went away")));
    outgoing.once("drain", onDrain);
    socket.once("close", onClose);
  });
}
