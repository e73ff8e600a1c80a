import { systemClock } from "./clock.ts";
import { durationText } from "./duration_text.ts";
import type { FailureContext } from "./registry_failure.ts";
import { httpDate, retryAfter } from "./retry_after.ts";

/** A refusal, as far as it says what to do about it. */
export interface Refusal {
  /** The status of the answer. */
  readonly status: number;
  /** Its headers. */
  readonly headers: Headers;
  /** The codes of its errors, in their order. */
  readonly codes: readonly string[];
  /** Its words, on one line. */
  readonly words: string;
}

/** What only the words tell, whatever the status is. */
const BY_WORDS: readonly (readonly [words: RegExp, next: string])[] = [
  [
    /no space left|disk quota exceeded|\bENOSPC\b|insufficient storage/i,
    "The disk of the registry is full: its operator has to make room",
  ],
  [
    /\bquota\b|exceed the configured (?:upper )?limit/i,
    "The quota is used up: delete images, or have it raised",
  ],
  [
    /\bread[- ]?only\b/i,
    "The registry is read-only for now. Try again later",
  ],
  [
    /permission_denied: \w+_package|installation not allowed|expected scopes/i,
    "On GitHub the token needs the right write:packages, and the package has " +
    "to be linked to the source repository: by the label " +
    "org.opencontainers.image.source, or in the settings of the package",
  ],
  [
    /HTTP request to an HTTPS server/i,
    "It speaks https: push with --name and --regurl https://… " +
    "(in a program: the option insecure, set to false)",
  ],
];

/**
 * What can be done about the codes of the specification, where something can.
 *
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes}
 */
const BY_CODE: Readonly<Record<string, string>> = {
  BLOB_UNKNOWN: "The registry lost that blob: the image has to be pushed again",
  BLOB_UPLOAD_INVALID: "Try again",
  BLOB_UPLOAD_UNKNOWN: "The registry lost the upload. Try again",
  DIGEST_INVALID: "The bytes changed on their way. Try again",
  MANIFEST_BLOB_UNKNOWN: "The registry lost a blob of the image. Try again",
  MANIFEST_INVALID:
    "The registry does not take this kind of manifest. Try the other --format, oci or docker",
  MANIFEST_UNKNOWN: "There is no such tag or digest in the repository",
  NAME_INVALID: "Use another name for the repository",
  NAME_UNKNOWN: "There is no such repository. Some registries, such as " +
    "Amazon ECR, want it to be created first",
  SIZE_INVALID: "The bytes changed on their way. Try again",
  TOOMANYREQUESTS: "Wait, and try again",
};

const BY_STATUS: Readonly<Record<number, string>> = {
  404: "There is no such repository, or no registry under that name. " +
    "Some registries want the repository to be created first",
  405: "The registry takes no changes, or is no registry",
  408: "Try again",
  413: "The registry, or a proxy before it, limits the size of a request. " +
    "Raise the limit or make the layer smaller",
  415: "Try the other --format, oci or docker",
  429: "Wait, and try again",
  507: "The disk of the registry is full: its operator has to make room",
};

/** Milliseconds that two clocks may differ by without it mattering. */
const MAX_SKEW = 5 * 60_000;

/**
 * What a person can do about a refusal.
 *
 * @returns One or two sentences without the last full stop; empty where nothing
 * is known.
 */
export function nextStep(refusal: Refusal, context: FailureContext): string {
  const { status, headers, codes, words } = refusal;
  const byWords = BY_WORDS.find(([pattern]) => pattern.test(words))?.[1];
  if (byWords !== undefined) return byWords;
  const isAboutAccess = status === 401 || status === 403 ||
    codes.some((code) => code === "DENIED" || code === "UNAUTHORIZED");
  if (isAboutAccess && status < 500) {
    return [clockSkew(refusal, context), aboutAccess(refusal, context)]
      .filter((text) => text !== "").join(". ");
  }
  const { now = systemClock.now() } = context;
  const asked = retryAfter(headers, now);
  if (asked !== undefined && (status === 429 || status === 503)) {
    return `It asks to wait ${durationText(asked)}`;
  }
  if (status === 429 && context.credential === "none") {
    return `Wait, and try again, or ${logIn(context)}`;
  }
  // Of what is too large the status says more than whatever code it comes with.
  const known = status === 413
    ? undefined
    : codes.find((code) => Object.hasOwn(BY_CODE, code));
  if (known !== undefined) return BY_CODE[known] ?? "";
  // A token server has no repositories, and takes no images.
  if (context.by !== undefined && status < 500) return "";
  return BY_STATUS[status] ??
    (status >= 500 ? "The registry failed. Try again later" : "");
}

/** How to log in to a registry. */
function logIn({ registry }: FailureContext): string {
  return `log in with scratchbuild login ${registry}, or pass --username and ` +
    "--password-stdin, or --token (in a program: the option credentials)";
}

function aboutAccess(
  { status, codes }: Refusal,
  context: FailureContext,
): string {
  const { what, registry, credential, source, redact } = context;
  const from = source === undefined ? "" : ` from ${redact(source)}`;
  if (credential === "none") {
    return `No credential was given: ${logIn(context)}`;
  }
  if (status === 403 || (status !== 401 && codes.includes("DENIED"))) {
    const right = /\bpush\b/.test(what) ? "push to" : "read";
    return `The credential${from} is not allowed to do that. ` +
      `Ask for the right to ${right} the repository`;
  }
  switch (credential) {
    case "password":
      return `The user name or the password${from} is wrong, or without that right`;
    case "token":
      return `The token${from} is wrong, has expired, or is not for this registry`;
    case "identity token":
      return `The identity token${from} is wrong or has expired: log in again ` +
        `with scratchbuild login ${registry}`;
  }
}

/** Tokens are good from one time to another: it matters which time it is. */
function clockSkew(
  { status, headers }: Refusal,
  { now = systemClock.now() }: FailureContext,
): string {
  const date = httpDate(headers.get("date"));
  const skew = date === undefined ? 0 : now - date;
  if (status !== 401 || Math.abs(skew) < MAX_SKEW) return "";
  const direction = skew < 0 ? "behind" : "ahead of";
  return `The clock of this machine is ${durationText(Math.abs(skew))} ` +
    `${direction} the server's: set it right first`;
}
