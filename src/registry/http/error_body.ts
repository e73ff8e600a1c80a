import { plainText } from "./plain_text.ts";
import type { RegistryErrorEntry } from "../registry_error.ts";

/** What a server says about its refusal. */
export interface ErrorBody {
  /** Its list of errors, empty where the body is of another form. */
  readonly errors: readonly RegistryErrorEntry[];
  /** One line in its own words, empty where it has none. */
  readonly words: string;
}

const MAX_ENTRIES = 10;
const MAX_WORDS = 300;

/**
 * Reads the body of a refusal. Registries send the JSON of the distribution
 * specification, token servers that or the one error of OAuth2; what stands
 * before them sends anything.
 *
 * @param text The body, of any form.
 * @param redact Takes secrets out of what is shown.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2}
 */
export function parseErrorBody(
  text: string,
  redact: (text: string) => string,
): ErrorBody {
  const clean = (value: string) => plainText(redact(value), MAX_WORDS);
  const errors = entriesOf(text, clean);
  const words = errors.length > 0
    ? errors.map(wordsOf).join("; ")
    : isMarkup(text)
    ? ""
    : text;
  return { errors, words: clean(words) };
}

function entriesOf(
  text: string,
  clean: (text: string) => string,
): RegistryErrorEntry[] {
  let body: unknown;
  try {
    body = JSON.parse(text, (_, value) => cleanValue(value, clean));
  } catch {
    // Not JSON, or nested beyond all measure.
    return [];
  }
  const { errors, error: code, error_description: message } =
    (body ?? {}) as Record<string, unknown>;
  const list = Array.isArray(errors)
    ? errors
    : typeof code === "string" && code !== ""
    ? [{ code, message }]
    : [];
  const entries: RegistryErrorEntry[] = [];
  for (const item of list.slice(0, MAX_ENTRIES)) {
    const { code, message, detail } = (item ?? {}) as Record<string, unknown>;
    if (typeof code !== "string" && typeof message !== "string") continue;
    entries.push({
      code: typeof code === "string" ? code : "UNKNOWN",
      ...(typeof message === "string" && message !== "" ? { message } : {}),
      ...(detail === undefined || detail === null ? {} : { detail }),
    });
  }
  return entries;
}

/** Also the names in an object are the server's words. */
function cleanValue(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === "string") return clean(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [clean(name), item]),
  );
}

function wordsOf({ code, message, detail }: RegistryErrorEntry): string {
  return [code, message, typeof detail === "string" ? detail : undefined]
    .filter((part) => part).join(": ");
}

function isMarkup(text: string): boolean {
  return text.trimStart().startsWith("<");
}
