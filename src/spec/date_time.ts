/** The last second of the year 9999, the end of what RFC 3339 can write. */
export const MAX_SECONDS: number = 253402300799;

/** RFC 3339, section 5.6, without the leap second, which Go does not read. */
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Whether a text is a date and time as documents of the specifications have it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3339#section-5.6}
 */
export function isDateTime(text: string): boolean {
  const [, date] = DATE_TIME.exec(text) ?? [];
  const day = new Date(`${date}T00:00:00Z`);
  // `Date` takes the 30th of February for a day in March.
  return !Number.isNaN(day.getTime()) &&
    day.toISOString().startsWith(`${date}`);
}

/** Writes seconds since 1970, of the years 0 to 9999, as RFC 3339 in UTC. */
export function secondsToDateTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
