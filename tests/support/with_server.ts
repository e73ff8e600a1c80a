import { createServer, type Server, type Socket } from "node:net";

/** Lends a server's port on 127.0.0.1, and ends the server. */
export async function withServer<T>(
  server: Server,
  use: (port: number) => Promise<T>,
): Promise<T> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve())
  );
  const address = server.address();
  try {
    return await use(typeof address === "object" ? address?.port ?? 0 : 0);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** A server that answers what it is told as soon as something arrives. */
export function rawServer(
  answer: string,
  then: (socket: Socket) => void = () => {},
): Server {
  return createServer((socket) => {
    socket.once("data", () => {
      if (answer) socket.write(answer);
      then(socket);
    });
  });
}
