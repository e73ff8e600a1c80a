import { plainText } from "./plain_text.ts";

const SEPARATORS = /[\s,]*/y;
/** The one form that registries may use: this code, agent, and no date. */
const WARNING = /299 - "([^"\\]*(?:\\[^][^"\\]*)*)"[ \t]*(?=,|$)/y;
/** Up to the next comma that is outside of quotes. */
const OTHER = /(?:[^,"]|"(?:[^"\\]|\\[^])*(?:"|$))+/y;
// deno-lint-ignore no-control-regex -- finding them is the purpose
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

const MAX_LENGTH = 300;

/**
 * The texts of a `Warning` header, each on one line. It never throws; whatever
 * has another form than the specification allows is ignored.
 *
 * @param header The value of the header, also one that several were joined
 * into.
 * @param redact Takes secrets out of what is shown.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#warnings}
 */
export function parseWarnings(
  header: string | null,
  redact: (text: string) => string = (text) => text,
): string[] {
  const texts: string[] = [];
  const value = header ?? "";
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(value);
    if (match) position = pattern.lastIndex;
    return match;
  };
  while (true) {
    take(SEPARATORS);
    if (position === value.length) return texts;
    const warning = take(WARNING);
    if (!warning) {
      if (take(OTHER)) continue;
      return texts;
    }
    const quoted = (warning[1] ?? "").slice(0, 10 * MAX_LENGTH);
    const text = decode(quoted.replace(/\\([^])/g, "$1"));
    if (CONTROL.test(text) || /%22/.test(quoted)) continue;
    const line = plainText(redact(text), MAX_LENGTH);
    if (line !== "") texts.push(line);
  }
}

/** Percent encoding, and UTF-8 that a runtime took for Latin-1. */
function decode(text: string): string {
  // deno-lint-ignore no-control-regex -- the range of a byte
  if (!/^[\x00-\xff]*$/.test(text)) return text;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const hex = /^%([0-9a-f]{2})/i.exec(text.slice(i, i + 3))?.[1];
    bytes.push(hex === undefined ? text.charCodeAt(i) : parseInt(hex, 16));
    if (hex !== undefined) i += 2;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true })
      .decode(Uint8Array.from(bytes));
  } catch {
    return String.fromCharCode(...bytes);
  }
}
