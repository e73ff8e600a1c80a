import { MAX_SECONDS, secondsToDateTime } from "../../spec/date_time.ts";
import { parseSeconds } from "./parse_numbers.ts";
import { quoted, usageError } from "./usage_error.ts";

/** RFC 3339, section 5.6. */
const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/i;

/**
 * Parses `--created`: an RFC 3339 date and time, or seconds since 1970.
 *
 * @returns RFC 3339 in UTC, so that one instant has one spelling.
 */
export function parseDateTime(text: string): string {
  if (/^\d+$/.test(text)) {
    return secondsToDateTime(parseSeconds("--created", text));
  }
  const refuse = () =>
    usageError(
      `Cannot use --created ${quoted(text)}: write a date and time as in ` +
        "2026-01-31T12:00:00Z, or seconds since 1970",
    );
  const match = DATE_TIME.exec(text);
  if (!match) throw refuse();
  const field = (index: number) => Number(match[index] ?? 0);
  const local = Date.UTC(field(1), field(2) - 1, field(3));
  const date = new Date(local);
  // Date.UTC takes the years 0 to 99 for 1900 to 1999, and rolls over what is
  // out of range; both show as a different date.
  const exists = date.getUTCFullYear() === field(1) &&
    date.getUTCMonth() === field(2) - 1 && date.getUTCDate() === field(3);
  const inRange = field(4) < 24 && field(5) < 60 && field(6) < 60 &&
    field(9) < 24 && field(10) < 60;
  if (!exists || !inRange) throw refuse();
  const offset = (match[8] === "-" ? -1 : 1) * (field(9) * 60 + field(10));
  const seconds = local / 1000 + field(4) * 3600 + field(5) * 60 + field(6) -
    offset * 60;
  if (seconds > MAX_SECONDS) throw refuse();
  const fraction = (match[7] ?? "").replace(/0+$/, "");
  const utc = secondsToDateTime(seconds);
  return fraction ? utc.replace("Z", `.${fraction}Z`) : utc;
}
