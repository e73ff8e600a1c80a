import { readCapped } from "./capped_body.ts";
import { parseChallenges } from "./challenge.ts";
import { parseErrorBody } from "./error_body.ts";
import { nextStep } from "./next_step.ts";
import { plainText } from "./plain_text.ts";
import { RegistryError } from "../registry_error.ts";

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
  /** The registry that it is about, as references name it. */
  readonly registry: string;
  /** The credential that the request went with. */
  readonly credential: "none" | "password" | "token" | "identity token";
  /** Where that was found, for people. */
  readonly source?: string;
  /**
   * The time here, in milliseconds since 1970.
   *
   * @default that of the machine's clock
   */
  readonly now?: number;
  /** Takes secrets out of what is shown. */
  readonly redact: (text: string) => string;
}

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
  const codes = errors.map(({ code }) => code);
  const next = unknownSchemes(response) ||
    nextStep({ status, headers: response.headers, codes, words }, context);
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
