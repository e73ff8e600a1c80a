import type { Platform } from "../../spec/platform.ts";
import { listed, quoted, usageError } from "./usage_error.ts";

/** What stands in braces for a part of the platform. */
export const PLATFORM_WORDS = ["os", "arch", "variant", "platform"] as const;

const KNOWN = new RegExp(`\\{(?:${PLATFORM_WORDS.join("|")})\\}`);
const WORD = /\{([A-Za-z]+)\}/g;

/** Whether a text has a place for a part of the platform. */
export function isTemplate(text: string): boolean {
  return KNOWN.test(text);
}

/** Whether a text has words in braces, whatever they are. */
export function hasBraces(text: string): boolean {
  return text.search(WORD) >= 0;
}

/**
 * Refuses words in braces that are none of the platform.
 *
 * @throws {ScratchbuildError} Code `USAGE`.
 */
export function checkTemplate(text: string): void {
  const known: readonly string[] = PLATFORM_WORDS;
  for (const [braced, word = ""] of text.matchAll(WORD)) {
    if (known.includes(word)) continue;
    throw usageError(
      `Cannot use ${quoted(text)}: ${braced} is no part of a platform; ` +
        `write ${listed(known.map((word) => `{${word}}`))}`,
    );
  }
}

/**
 * Puts a platform into a text: `dist/{os}_{arch}` is `dist/linux_arm64`, and
 * `{platform}` is `linux/arm/v7`, which BuildKit calls `TARGETPLATFORM`. Where
 * the platform has no variant, `{variant}` takes the sign before it along, or at
 * the beginning the one behind it: `app-{arch}-{variant}` is `app-amd64`.
 */
export function fillTemplate(text: string, platform: Platform): string {
  const { os, architecture: arch, variant } = platform;
  const parts: Readonly<Record<string, string>> = {
    os,
    arch,
    platform: [os, arch, variant].filter((part) => part).join("/"),
    ...(variant && { variant }),
  };
  const filled = variant
    ? text
    : text.replace(/^\{variant\}[-_./]?|[-_./]?\{variant\}/g, "");
  return filled.replace(
    WORD,
    (braced, word: string) =>
      Object.hasOwn(parts, word) ? parts[word] ?? braced : braced,
  );
}
