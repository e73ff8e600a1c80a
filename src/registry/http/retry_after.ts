const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
const MONTH = "(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const TIME = "(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})";
/** The three forms of a date that HTTP knows. */
const DATES = [
  `[A-Z][a-z]{2}, (?<day>\\d{2}) ${MONTH} (?<year>\\d{4}) ${TIME} GMT`,
  `[A-Z][a-z]{5,8}, (?<day>\\d{2})-${MONTH}-(?<year>\\d{2}) ${TIME} GMT`,
  `[A-Z][a-z]{2} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/**
 * How long a server asks to be left alone.
 *
 * @param headers The headers of its answer. A date is judged by the server's
 * own, so that a clock that is wrong does not matter.
 * @param now The time here, in milliseconds since 1970, for a server that does
 * not tell its own.
 * @returns Milliseconds above 0; `undefined` where it asks for nothing, for
 * what has passed, or for something that is not a time, as `880µs`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3}
 */
export function retryAfter(headers: Headers, now: number): number | undefined {
  const text = headers.get("retry-after")?.trim() ?? "";
  const milliseconds = /^\d+(?:\.\d+)?$/.test(text)
    ? Math.ceil(Number(text) * 1000)
    : (httpDate(text) ?? NaN) - (httpDate(headers.get("date")) ?? now);
  return milliseconds > 0 ? milliseconds : undefined;
}

/**
 * Reads a date in any of the forms of HTTP. `Date.parse` reads some of them on
 * some runtimes, and much else.
 *
 * @returns Milliseconds since 1970; `undefined` where it is none.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7}
 */
export function httpDate(text: string | null): number | undefined {
  for (const form of DATES) {
    const parts = form.exec(text ?? "")?.groups;
    if (!parts) continue;
    const number = (name: string) => Number(parts[name]);
    const year = number("year");
    // What has two digits was written by something old about something near.
    return Date.UTC(
      year < 100 ? 2000 + year : year,
      MONTHS.indexOf(parts.month ?? "") / 3,
      number("day"),
      number("hour"),
      number("minute"),
      number("second"),
    );
  }
  return undefined;
}
