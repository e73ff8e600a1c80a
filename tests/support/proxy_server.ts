import { createServer, request, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

/** Options of {@linkcode proxyServer}. */
export interface ProxyOptions {
  /** `user:password` that it wants; none unless told. */
  readonly account?: string;
  /** What it answers to CONNECT in place of making a connection. */
  readonly connectStatus?: number;
  /** Certificate and key, where it is to speak TLS itself. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A proxy, and what it was asked for. */
export interface ProxyServer {
  readonly server: Server;
  /** `CONNECT host:port`, `GET http://host/path` … */
  readonly requests: string[];
}

/**
 * An HTTP proxy for tests. Whatever name it is asked for, it goes to that port
 * of 127.0.0.1.
 */
export function proxyServer(options: ProxyOptions = {}): ProxyServer {
  const { account, connectStatus, tls } = options;
  const requests: string[] = [];
  const wanted = account && `Basic ${btoa(account)}`;
  const server = tls ? createTlsServer(tls) as Server : createServer();
  server.on("connect", ({ url = "", headers }, socket: Duplex) => {
    requests.push(`CONNECT ${url}`);
    socket.on("error", () => {});
    const isLetIn = !wanted || headers["proxy-authorization"] === wanted;
    const status = isLetIn ? connectStatus ?? 200 : 407;
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const port = Number(/:(\d+)$/.exec(url)?.[1]);
    const onward = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket);
      socket.pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy());
  });
  server.on("request", (incoming, response) => {
    const { method, url = "", headers } = incoming;
    requests.push(`${method} ${url}`);
    if (wanted && headers["proxy-authorization"] !== wanted) {
      response.writeHead(407).end();
      return;
    }
    const { port, pathname, search } = new URL(url);
    const options = { method, headers, port, path: pathname + search };
    const onward = request({ ...options, host: "127.0.0.1" }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    incoming.pipe(onward);
  });
  return { server, requests };
}
