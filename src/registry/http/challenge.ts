/** One way of authentication that a server offers. */
export interface Challenge {
  /** The scheme in lower case: `bearer`, `basic` … */
  readonly scheme: string;
  /**
   * The parameters, their names in lower case. The object has no prototype. A
   * parameter that comes twice has its first value.
   */
  readonly parameters: Record<string, string>;
}

const SPACE = /[ \t]*/y;
const SEPARATORS = /[ \t,]*/y;
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;
const QUOTED = /"([^"\\]*(?:\\[^][^"\\]*)*)"/y;
/** Wider than a token: realms are also sent without their quotes. */
const BARE_VALUE = /[^\s,"]+/y;

/**
 * Reads a `WWW-Authenticate` header, also one that several headers were joined
 * into. It never throws: a parameter that was cut off is left out, and so is a
 * challenge that does not follow the grammar, with all that comes after it.
 *
 * @example
 * ```ts
 * import { parseChallenges } from "@x/scratchbuild";
 *
 * const [bearer] = parseChallenges('Bearer realm="https://auth.example.com/token"');
 * console.log(bearer?.scheme, bearer?.parameters.realm); // bearer https://auth.example.com/token
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1}
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let position = 0;

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(header);
    if (match) position = pattern.lastIndex;
    return match;
  };
  const takeQuoted = (): string | undefined =>
    take(QUOTED)?.[1]?.replace(/\\([^])/g, "$1");

  while (true) {
    take(SEPARATORS);
    const word = take(TOKEN)?.[0] ?? takeQuoted();
    if (word === undefined) return challenges;
    const name = word.toLowerCase();
    take(SPACE);
    if (header[position] !== "=") {
      challenges.push({ scheme: name, parameters: Object.create(null) });
      // Nothing that we can answer to has a token68 in its challenge.
      take(TOKEN68);
      continue;
    }
    const challenge = challenges.at(-1);
    if (!challenge) return challenges;
    position++;
    take(SPACE);
    const value = takeQuoted() ?? take(BARE_VALUE)?.[0];
    if (value !== undefined && !(name in challenge.parameters)) {
      challenge.parameters[name] = value;
    }
    take(SPACE);
    if (position === header.length || header[position] === ",") continue;
    const isCutOff = value === undefined && header[position] === '"';
    if (!isCutOff || Object.keys(challenge.parameters).length === 0) {
      challenges.pop();
    }
    return challenges;
  }
}
