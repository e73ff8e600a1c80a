import { connect, createServer, type Socket } from "node:net";
import { withServer } from "../tests/support/with_server.ts";

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
  const pace = pacer(bytesPerSecond);
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    near.on("close", () => far.destroy());
    far.on("error", () => near.destroy());
    void passSlowly(near, far, pace);
    far.pipe(near);
  });
  return await withServer(server, use);
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
