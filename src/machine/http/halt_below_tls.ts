import type { Socket } from "node:net";

/** What reads a connection. */
interface Handle {
  readStart(): unknown;
  readStop(): unknown;
  /** What reads below TLS. */
  readonly _parent?: Handle | null;
}

/**
 * Lets a TLS connection that stops reading stop what reads below it as well. On
 * Deno that reads on and keeps all that comes, however large: where the reader
 * of a blob is slower than the registry, the memory would hold the difference.
 * Where a runtime has its connections made otherwise, nothing is done.
 *
 * @see {@link https://github.com/denoland/deno/pull/33524} for how Deno keeps it
 */
export function haltBelowTls(socket: Socket): void {
  if (!("Deno" in globalThis)) return;
  const { _handle: upper } = socket as { readonly _handle?: Handle | null };
  const lower = upper?._parent;
  if (!isHandle(upper) || !isHandle(lower)) return;
  // A connection that is kept gets here once for each request.
  if (Object.hasOwn(upper, "readStop")) return;
  const { readStart, readStop } = upper;
  upper.readStart = () => {
    lower.readStart();
    return readStart.call(upper);
  };
  upper.readStop = () => {
    lower.readStop();
    return readStop.call(upper);
  };
}

function isHandle(handle: Handle | null | undefined): handle is Handle {
  return typeof handle?.readStart === "function" &&
    typeof handle.readStop === "function";
}
