import { readCapped } from "./capped_body.ts";
import { parseChallenges } from "./challenge.ts";
import { parseErrorBody } from "./error_body.ts";
import { plainText } from "./plain_text.ts";
import { RegistryError } from "./registry_error.ts";

/** What a {@linkcode registryFailure} tells besides the answer. */
export interface FailureContext {
  /** What could not be done: `push to ghcr.io/me/app`. */
  readonly what: string;
  /**
   * Who answered.
   *
   * @default {"the registry"}
   */
  readonly by?: string;
  /** The credential that the request went with. */
  readonly credential: "none" | "password" | "token";
  /** Takes secrets out of what is shown. */
  readonly redact: (text: string) => string;
}

const LOG_IN =
  "pass --username and --password-stdin, or --token (in a program: the option credentials)";

const BY_CODE: Readonly<Record<string, string>> = {
  DIGEST_INVALID: "The bytes changed on their way. Try again",
  SIZE_INVALID: "The bytes changed on their way. Try again",
  BLOB_UPLOAD_INVALID: "Try again",
  BLOB_UPLOAD_UNKNOWN: "Try again",
  MANIFEST_BLOB_UNKNOWN: "The registry lost a blob of the image. Try again",
  MANIFEST_INVALID:
    "The registry does not take this kind of manifest. Try the other --format, oci or docker",
  NAME_INVALID: "Use another name for the repository",
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
};

/**
 * Makes an error of an answer that is not a success, in the registry's own
 * words, with what to do about it. The answer's body is read.
 */
export async function registryFailure(
  response: Response,
  context: FailureContext,
): Promise<RegistryError> {
  const { status } = response;
  const { what, by = "the registry", redact } = context;
  // A connection that breaks here has told the status, which is what counts.
  const text = await readCapped(response).catch(() => "");
  const { errors, words } = parseErrorBody(text, redact);
  const next = unknownSchemes(response) || otherProtocol(status, words) ||
    nextStep(status, errors.map(({ code }) => code), context);
  return new RegistryError(
    `Cannot ${what}: ${by} answered ${status}` +
      (words && ` (${words})`) + (next && `. ${next}`),
    { status, errors },
  );
}

function unknownSchemes({ status, headers }: Response): string | undefined {
  const schemes = status === 401
    ? parseChallenges(headers.get("www-authenticate") ?? "")
      .map(({ scheme }) => scheme)
    : [];
  if (schemes.includes("bearer") || schemes.includes("basic")) return undefined;
  const names = plainText(schemes.join(", "), 60);
  return names && `It asks for the authentication ${names}, not known here`;
}

/** What Go's server says to who speaks http to it. */
function otherProtocol(status: number, words: string): string | undefined {
  return status === 400 && /HTTP request to an HTTPS server/i.test(words)
    ? "It speaks https: push with --name and --regurl https://… " +
      "(in a program: the option insecure, set to false)"
    : undefined;
}

function nextStep(
  status: number,
  codes: readonly string[],
  { credential }: FailureContext,
): string {
  if (status === 401 || status === 403) {
    if (credential === "none") return `No credential was given: ${LOG_IN}`;
    if (status === 403) {
      return "The credential is not allowed to do that. " +
        "Ask for the right to push to the repository";
    }
    return credential === "token"
      ? "The token is wrong, has expired, or is not for this registry"
      : "The user name or the password is wrong, or without that right";
  }
  const known = codes.find((code) => Object.hasOwn(BY_CODE, code));
  if (known !== undefined) return BY_CODE[known] ?? "";
  if (status >= 500) return "The registry failed. Try again later";
  return BY_STATUS[status] ?? "";
}
