import type { ClientRequest } from "node:http";

/** When a connection stands: with TCP, with TLS, or with an answer. */
export type Standing = "connect" | "secureConnect" | "answer";

/**
 * Ends a request whose connection does not stand in time.
 *
 * @param standing When it does; where that is not an answer, how long the
 * answer takes is not looked at.
 * @param milliseconds How long it may take.
 */
export function limitConnecting(
  request: ClientRequest,
  standing: Standing,
  milliseconds: number,
): void {
  // The option `timeout` of node:http does not see TLS that stalls on Bun.
  const timer = setTimeout(() => {
    const error = new Error("connecting timed out");
    request.destroy(Object.assign(error, { code: "ETIMEDOUT" }));
  }, milliseconds);
  const stop = () => clearTimeout(timer);
  for (const event of ["close", "response", "connect"]) {
    request.once(event, stop);
  }
  if (standing === "answer") return;
  request.once("socket", (socket) => {
    if (request.reusedSocket) stop();
    else socket.once(standing, stop);
  });
}
