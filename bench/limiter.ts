import { connect, createServer, type Socket } from "node:net";

/** Most bytes that pass in one go. */
const SLICE = 16 * 1024;

/** Milliseconds that nothing may pass and be made up for. */
const BURST = 20;

/**
 * Lends the port of a proxy on loopback that lets a number of bytes per second
 * through to another port, of all connections together and of what is sent; what
 * comes back is let through as it comes.
 */
export async function withLimiter<T>(
  port: number,
  bytesPerSecond: number,
  use: (port: number) => Promise<T>,
): Promise<T> {
  const sockets = new Set<Socket>();
  const pace = pacer(bytesPerSecond);
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {
        near.destroy();
        far.destroy();
      });
      socket.on("close", () => sockets.delete(socket));
    }
    void passSlowly(near, far, pace);
    far.pipe(near);
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

async function passSlowly(
  from: Socket,
  to: Socket,
  pace: (bytes: number) => Promise<void>,
): Promise<void> {
  try {
    for await (const chunk of from) {
      for (let start = 0; start < chunk.length; start += SLICE) {
        const slice = chunk.subarray(start, start + SLICE);
        await pace(slice.length);
        if (to.write(slice)) continue;
        await new Promise<void>((resolve) => {
          to.once("drain", resolve);
          to.once("close", resolve);
        });
      }
    }
    to.end();
  } catch {
    to.destroy();
  }
}

/** Waits for as long as it takes until so many bytes may pass. */
function pacer(bytesPerSecond: number): (bytes: number) => Promise<void> {
  let due = performance.now();
  return async (bytes) => {
    const now = performance.now();
    due = Math.max(due, now - BURST) + bytes / bytesPerSecond * 1000;
    // Timers are no finer, and what comes late is made up for.
    if (due - now >= 4) {
      await new Promise((resolve) => setTimeout(resolve, due - now));
    }
  };
}
