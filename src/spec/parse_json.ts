/** Makes an error of why something is refused, the second half of a sentence. */
export type Refuse = (why: string) => Error;

/** How {@linkcode parseJson} reads. */
export interface ParseJsonOptions {
  /** Makes an error of why the text is refused. */
  readonly refuse: Refuse;
  /**
   * Names of members whose numbers are to be written as digits and nothing
   * else, and small enough to be exact: sizes.
   *
   * @default {[]}
   */
  readonly digits?: readonly string[];
}

/** Documents of the specifications are about five levels deep. */
const MAX_DEPTH = 100;

const BOM = "\ufeff";
const DIGITS = /^(?:0|[1-9][0-9]*)$/;
/** A number, or anything else that is no string and no punctuation. */
const WORD = /[^\s"[\]{},:]+/y;
const SPACE = /\s*/y;

/**
 * Reads JSON that comes from outside, and refuses what two readers may
 * understand in two ways: names that occur twice in one object, lone
 * surrogates, a byte order mark, bytes that are not UTF-8. It also refuses what
 * is nested beyond all measure, before anything recurses into it.
 *
 * A member named `__proto__` is one like any other.
 *
 * @throws What `refuse` makes.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7493} for the rules
 */
export function parseJson(
  bytes: Uint8Array,
  { refuse, digits = [] }: ParseJsonOptions,
): unknown {
  const text = decode(bytes, refuse);
  scan(text, refuse, new Set(digits));
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("it is not JSON");
  }
}

function decode(bytes: Uint8Array, refuse: Refuse): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch {
    throw refuse("it is not UTF-8");
  }
  if (text.startsWith(BOM)) throw refuse("it begins with a byte order mark");
  return text;
}

/**
 * Looks for what `JSON.parse` lets pass. Whether the text is JSON at all is
 * left to that: of a text that is not, anything may be said here.
 */
function scan(
  text: string,
  refuse: Refuse,
  digits: ReadonlySet<string>,
): void {
  /** For each level the names so far; `undefined` for a list. */
  const levels: (Set<string> | undefined)[] = [];
  /** The name of the member that is being read. */
  let name: string | undefined;
  for (let at = 0; (at = skip(SPACE, text, at)) < text.length;) {
    switch (text[at]) {
      case "{":
      case "[":
        if (levels.length === MAX_DEPTH) {
          throw refuse(`it is more than ${MAX_DEPTH} levels deep`);
        }
        levels.push(text[at] === "{" ? new Set() : undefined);
        name = undefined;
        at++;
        break;
      case "}":
      case "]":
        levels.pop();
        name = undefined;
        at++;
        break;
      case ",":
        name = undefined;
        at++;
        break;
      case ":":
        at++;
        break;
      case '"': {
        const end = endOfString(text, at);
        const value = stringValue(text.slice(at, end), refuse);
        at = end;
        const names = levels.at(-1);
        if (!names || name !== undefined) break;
        if (names.has(value)) {
          throw refuse(`it has ${JSON.stringify(value.slice(0, 80))} twice`);
        }
        names.add(value);
        name = value;
        break;
      }
      default: {
        const end = skip(WORD, text, at);
        const word = text.slice(at, end);
        at = end;
        if (name === undefined || !digits.has(name) || !isNumber(word)) break;
        if (!DIGITS.test(word) || !Number.isSafeInteger(Number(word))) {
          throw refuse(
            `its ${name} ${word.slice(0, 40)} is not written as a whole ` +
              "number below 2^53",
          );
        }
      }
    }
  }
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.test(text);
  return Math.max(pattern.lastIndex, at);
}

function isNumber(word: string): boolean {
  return word !== "null" && word !== "true" && word !== "false";
}

/** No pattern does this: some engines recurse for each escape. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function stringValue(literal: string, refuse: Refuse): string {
  let value: unknown;
  try {
    value = JSON.parse(literal);
  } catch {
    throw refuse("it is not JSON");
  }
  if (typeof value !== "string") throw refuse("it is not JSON");
  if (!value.isWellFormed()) throw refuse("it holds a lone surrogate");
  return value;
}
