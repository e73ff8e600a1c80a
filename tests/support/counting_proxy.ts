import { connect, createServer, type Socket } from "node:net";

/** Something between a client and a server that counts. */
export interface CountingProxy {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Bytes that clients have sent since the last call. */
  take(): number;
  /**
   * Waits until nothing more comes: what a client that was killed has sent is
   * still on its way after its end.
   */
  quiet(): Promise<void>;
}

/** Lends a proxy before a server on the loopback interface. */
export async function withCountingProxy<T>(
  server: string,
  use: (proxy: CountingProxy) => Promise<T>,
): Promise<T> {
  const port = Number(new URL(`http://${server}`).port);
  const sockets = new Set<Socket>();
  let bytes = 0;
  const track = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
    // A client that is killed resets its connections.
    socket.on("error", () => {});
  };
  const proxy = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    track(near, far);
    track(far, near);
    near.on("data", (chunk) => bytes += chunk.byteLength);
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) =>
    proxy.listen(0, "127.0.0.1", () => resolve())
  );
  const address = proxy.address();
  const own = typeof address === "object" ? address?.port : undefined;
  try {
    return await use({
      host: `127.0.0.1:${own}`,
      take() {
        const taken = bytes;
        bytes = 0;
        return taken;
      },
      async quiet() {
        for (let before = -1; before !== bytes;) {
          before = bytes;
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
      },
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  }
}
