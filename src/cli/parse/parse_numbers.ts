import {
  MAX_LEVEL,
  MAX_ZSTD_LEVEL,
  MOST_JOBS,
} from "../../compression/limits.ts";
import { MAX_ID } from "../../spec/config_rules.ts";
import { MAX_SECONDS } from "../../spec/date_time.ts";
import type { Owner } from "../../tar/arrange_options.ts";
import { quoted, usageError } from "./usage_error.ts";

/**
 * Reads digits as a number.
 *
 * @returns `undefined` where the text is not digits alone, or the number is out
 * of the range.
 */
export function wholeNumber(
  text: string,
  minimum: number,
  maximum: number,
): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= minimum && number <= maximum ? number : undefined;
}

/** Parses seconds since 1970, as in `SOURCE_DATE_EPOCH`. */
export function parseSeconds(name: string, text: string): number {
  const seconds = wholeNumber(text, 0, MAX_SECONDS);
  if (seconds === undefined) {
    throw usageError(
      `Cannot use ${name} ${quoted(text)}: ` +
        `write seconds since 1970, a whole number from 0 to ${MAX_SECONDS}`,
    );
  }
  return seconds;
}

/** Parses `--mtime`: seconds since 1970, or `preserve`. */
export function parseMtime(text: string): number | "preserve" {
  if (text === "preserve") return text;
  const seconds = wholeNumber(text, 0, MAX_SECONDS);
  if (seconds === undefined) {
    throw usageError(
      `Cannot use --mtime ${quoted(text)}: write seconds since 1970, a whole ` +
        `number from 0 to ${MAX_SECONDS}, or preserve for the times of the files`,
    );
  }
  return seconds;
}

/** Parses `--compression-level`. */
export function parseCompressionLevel(text: string): number {
  const level = wholeNumber(text, 1, MAX_ZSTD_LEVEL);
  if (level === undefined) {
    throw usageError(
      `Cannot use --compression-level ${quoted(text)}: ` +
        `write a whole number from 1 (fast) to ${MAX_LEVEL} (small), or to ` +
        `${MAX_ZSTD_LEVEL} with --compression zstd`,
    );
  }
  return level;
}

/** Parses `--jobs`. */
export function parseJobs(text: string): number {
  const jobs = wholeNumber(text, 1, MOST_JOBS);
  if (jobs === undefined) {
    throw usageError(
      `Cannot use --jobs ${quoted(text)}: ` +
        `write a whole number from 1 to ${MOST_JOBS}`,
    );
  }
  return jobs;
}

/** The most blobs that are sent at the same time: more is no faster. */
const MAX_CONCURRENCY = 64;

/** Parses `--concurrency`. */
export function parseConcurrency(text: string): number {
  const count = wholeNumber(text, 1, MAX_CONCURRENCY);
  if (count === undefined) {
    throw usageError(
      `Cannot use --concurrency ${quoted(text)}: ` +
        `write a whole number from 1 to ${MAX_CONCURRENCY}`,
    );
  }
  return count;
}

/** What looks like the name of a user or a group. */
const NAME = /^[A-Za-z_][\w.-]*\$?$/;

/** Parses `--owner`: `UID:GID`. */
export function parseOwner(text: string): Owner {
  const [user = "", group = "", ...rest] = text.split(":");
  if (rest.length === 0 && (NAME.test(user) || NAME.test(group))) {
    throw usageError(
      `Cannot use --owner ${quoted(text)}: names are not looked up, because ` +
        "/etc/passwd of the image is not read, and this computer's may say " +
        "otherwise; write UID:GID as two numbers, as in 1000:1000",
    );
  }
  const uid = wholeNumber(user, 0, MAX_ID);
  const gid = wholeNumber(group, 0, MAX_ID);
  if (uid === undefined || gid === undefined || rest.length > 0) {
    throw usageError(
      `Cannot use --owner ${quoted(text)}: write UID:GID as two numbers ` +
        `from 0 to ${MAX_ID}, as in 1000:1000`,
    );
  }
  return { uid, gid };
}
