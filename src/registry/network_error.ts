import { ScratchbuildError } from "../spec/error.ts";
import { plainText } from "./plain_text.ts";

/** What the runtimes' own errors come to, the first that fits. */
const CAUSES: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/ECONNREFUSED|connection refused/i, "connection refused"],
  [
    /ENOTFOUND|EAI_|dns error|failed to lookup/i,
    "the host name is not known",
  ],
  [
    /WRONG_VERSION_NUMBER|wrong version number|InvalidContentType|does the server speak TLS/i,
    "it does not speak https",
  ],
  [/ETIMEDOUT|TIMEOUT|timed out/i, "it did not answer in time"],
  [/EHOSTUNREACH|ENETUNREACH|unreachable/i, "there is no route to it"],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_SSL|ERR_TLS|EPROTO|handshake/i,
    "TLS failed",
  ],
  [
    /ECONNRESET|EPIPE|UND_ERR_SOCKET|ABORTED|connection reset|broken pipe|hang up|connection closed|body from connection/i,
    "it closed the connection",
  ],
];

const NEXT_STEPS: Readonly<Record<string, string>> = {
  "it does not speak https":
    "If this registry is to be used over plain http, pass --insecure",
  "TLS failed": "Check that the certificate of the registry is trusted here",
  "it closed the connection": "Try again, or look into the registry's log",
};

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
  const texts = textsOf(cause);
  const known = CAUSES.find(([pattern]) =>
    texts.some((text) => pattern.test(text))
  );
  const detail = plainText((texts.at(-1) ?? "").replace(PREAMBLE, ""), 120);
  const why = !known
    ? detail || "unknown failure"
    : known[1] === "TLS failed" && detail
    ? `TLS failed (${detail})`
    : known[1];
  const next = NEXT_STEPS[known?.[1] ?? ""] ??
    "Check the name and that the registry runs";
  return new ScratchbuildError(`Cannot reach ${url.host}: ${why}. ${next}`, {
    code: "NETWORK",
    cause,
  });
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
