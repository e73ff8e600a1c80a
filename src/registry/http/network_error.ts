import { ScratchbuildError } from "../../spec/error.ts";
import { plainText } from "./plain_text.ts";

interface Cause {
  readonly pattern: RegExp;
  readonly why: string;
  /** Whether the same request may go well a moment later. */
  readonly passes: boolean;
  readonly next?: string;
}

/** What the runtimes' own errors come to, the first that fits. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /ECONNREFUSED|connection refused/i,
    why: "connection refused",
    passes: true,
  },
  {
    pattern: /EAI_AGAIN|temporary failure in name resolution/i,
    why: "the host name is not known",
    passes: true,
  },
  {
    pattern: /ENOTFOUND|EAI_|dns error|failed to lookup/i,
    why: "the host name is not known",
    passes: false,
  },
  {
    pattern:
      /WRONG_VERSION_NUMBER|wrong version number|InvalidContentType|does the server speak TLS/i,
    why: "it does not speak https",
    passes: false,
    next: "If this registry is to be used over plain http, pass --insecure",
  },
  {
    pattern: /^idle for \d/,
    why: "no byte came or went for too long",
    passes: true,
    next: "Try again, or look into the registry's log",
  },
  {
    pattern: /ETIMEDOUT|TIMEOUT|timed out/i,
    why: "it did not answer in time",
    passes: true,
  },
  {
    pattern: /EHOSTUNREACH|ENETUNREACH|unreachable/i,
    why: "there is no route to it",
    passes: true,
  },
  {
    pattern:
      /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_SSL|ERR_TLS|EPROTO|handshake/i,
    why: "TLS failed",
    passes: false,
    next: "Check that the certificate of the registry is trusted here",
  },
  {
    pattern:
      /ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET|ERR_SOCKET_CLOSED|ABORTED|connection reset|broken pipe|hang up|connection closed|body from connection/i,
    why: "it closed the connection",
    passes: true,
    next: "Try again, or look into the registry's log",
  },
  {
    // All that a browser tells, so as not to tell of networks.
    pattern: /^(?:failed to fetch|load failed|networkerror when )/i,
    why: "the browser could not reach it",
    passes: true,
  },
];

/** What Deno puts before the reason. */
const PREAMBLE = /^error sending request .*client error \(\w+\): /s;

/**
 * Tells of a host that could not be reached, or that stopped answering. The
 * runtimes' own errors differ in class, code and text; some hold the whole URL
 * and with it what was signed into it, so no such text is passed on.
 *
 * @param url What was asked.
 * @param cause What the runtime threw.
 */
export function networkError(url: URL, cause: unknown): ScratchbuildError {
  const next = knownCause(cause)?.next ??
    "Check the name and that the registry runs";
  return new ScratchbuildError(
    `Cannot reach ${url.host}: ${networkFault(cause)}. ${next}`,
    { code: "NETWORK", cause },
  );
}

/** What went wrong, in a few words that hold nothing secret. */
export function networkFault(cause: unknown): string {
  const last = textsOf(cause).at(-1) ?? "";
  const detail = plainText(last.replace(PREAMBLE, ""), 120);
  const why = knownCause(cause)?.why;
  if (why === undefined) return detail || "unknown failure";
  return why === "TLS failed" && detail ? `${why} (${detail})` : why;
}

/**
 * Whether what a runtime threw may not happen again a moment later. A wrong
 * certificate or an unknown name stays what it is.
 */
export function isTransient(cause: unknown): boolean {
  return knownCause(cause)?.passes ?? false;
}

function knownCause(cause: unknown): Cause | undefined {
  const texts = textsOf(cause);
  return CAUSES.find(({ pattern }) => texts.some((text) => pattern.test(text)));
}

/**
 * The code and the message of an error and of its causes, outermost first. A
 * host with several addresses fails with one error for each.
 */
function textsOf(error: unknown): string[] {
  const texts: string[] = [];
  let next: unknown = error;
  for (let depth = 0; next instanceof Error && depth < 5; depth++) {
    const { code, message, cause, errors } = next as Error & {
      code?: unknown;
      errors?: readonly unknown[];
    };
    if (typeof code === "string") texts.push(code);
    if (message) texts.push(message);
    next = errors?.[0] ?? cause;
  }
  return texts;
}
