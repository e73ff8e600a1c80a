import { parseScopes } from "./scope.ts";

/** What a token server gave out. */
export interface TokenAnswer {
  /** The token. Nothing is known of what it holds. */
  readonly token: string;
  /** Milliseconds that it is good for, from when it was asked for. */
  readonly life: number;
  /** What it is good for, where the server says so. */
  readonly scopes?: readonly string[];
  /** What the next token can be asked for with, where the server gave it. */
  readonly refreshToken?: string;
}

/** Nothing else can be in a header, and no token server sends anything else. */
const TOKEN = /^[\x21-\x7e]+$/;
/** Seconds, where the server does not say. */
const DEFAULT_LIFE = 60;
/**
 * Seconds that every token is used for, unless it is refused before. A server
 * that gives out tokens of no life would otherwise be asked without an end.
 */
const SHORTEST_LIFE = 10;

/**
 * Reads the answer of a token server.
 *
 * @param text The body.
 * @param date The `Date` header of the answer. How old a token is by that clock
 * is the one thing that `issued_at` tells: no other clock is compared with it.
 * @returns `undefined` where it holds no token that can be sent.
 * @see {@link https://distribution.github.io/distribution/spec/auth/token/#token-response-fields}
 */
export function parseTokenAnswer(
  text: string,
  date?: string | null,
): TokenAnswer | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const fields = (body ?? {}) as Record<string, unknown>;
  const token = [fields.token, fields.access_token].find(isToken);
  if (token === undefined) return undefined;
  const { scope, refresh_token: refreshToken } = fields;
  const seconds = secondsOf(fields.expires_in);
  return {
    token,
    life: 1000 *
      Math.max(seconds - ageOf(fields.issued_at, date, seconds), SHORTEST_LIFE),
    ...(typeof scope === "string" ? { scopes: parseScopes(scope) } : {}),
    ...(isToken(refreshToken) ? { refreshToken } : {}),
  };
}

function isToken(value: unknown): value is string {
  return typeof value === "string" && TOKEN.test(value);
}

/** Some servers send the number as a text. */
function secondsOf(value: unknown): number {
  const seconds = typeof value === "string" && value !== ""
    ? Number(value)
    : value;
  return typeof seconds === "number" && seconds >= 0 ? seconds : DEFAULT_LIFE;
}

/** An age that no token can have is the fault of a clock. */
function ageOf(
  issuedAt: unknown,
  date: string | null | undefined,
  life: number,
): number {
  if (typeof issuedAt !== "string") return 0;
  const age = (Date.parse(date ?? "") - Date.parse(issuedAt)) / 1000;
  return age > 0 && age < life ? age : 0;
}
