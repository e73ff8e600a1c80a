import { existsSync } from "node:fs";
import { ScratchbuildError } from "../../spec/error.ts";
import { type Platform, platformText } from "../../spec/platform.ts";
import { printable } from "../../spec/printable.ts";
import { type Source, sourceFor } from "../parse/parse_source.ts";
import {
  checkTemplate,
  hasBraces,
  isTemplate,
} from "../parse/platform_template.ts";
import { quoted, usageError } from "../parse/usage_error.ts";

/**
 * What a source is on each platform. One that names no part of the platform is
 * the same everywhere: the same object. Where there is one platform only, a SRC
 * that exists as it is written is meant as it is.
 *
 * @param platforms `undefined` for what the base will be for.
 * @throws {ScratchbuildError} Code `USAGE` for words in braces that are no part
 * of a platform, or where the platform is not known yet.
 */
export function platformSources(
  source: Source,
  platforms: readonly (Platform | undefined)[],
): Source[] {
  const { path, destination = "" } = source;
  const isOne = platforms.length === 1;
  const parts = {
    path: isTemplate(path) && !(isOne && existsSync(path)),
    destination: isTemplate(destination),
  };
  const isFilled = parts.path || parts.destination;
  if (parts.path || (hasBraces(path) && !existsSync(path))) checkTemplate(path);
  if (isFilled || !isOne) checkTemplate(destination);
  return platforms.map((platform) => {
    if (!isFilled) return source;
    if (platform) return sourceFor(source, platform, parts);
    throw usageError(
      `Cannot use ${
        quoted(parts.path ? path : destination)
      }: the platform is ` +
        "that of the base, which is not known yet; name it with --platform",
    );
  });
}

/**
 * Tells of all that is missing, where there are several platforms: at once, and
 * with the platforms.
 *
 * @param sources What is packed for each platform.
 * @throws {ScratchbuildError} Code `LAYER`.
 */
export function checkPresent(
  platforms: readonly Platform[],
  sources: readonly (readonly Source[])[],
): void {
  if (platforms.length < 2) return;
  const missing = new Map<string, string[]>();
  platforms.forEach((platform, index) => {
    const gone = (sources[index] ?? []).filter(({ path }) => !existsSync(path));
    for (const { path } of gone) {
      const wanting = missing.get(path) ?? [];
      missing.set(path, [...wanting, platformText(platform)]);
    }
  });
  // What is missing for all platforms alike is as wrong as for one.
  const [first] = missing;
  if (!first || (missing.size === 1 && first[1].length === platforms.length)) {
    return;
  }
  const list = [...missing].map(([path, wanting]) =>
    `${printable(path)} (${wanting.join(", ")})`
  );
  throw new ScratchbuildError(
    `Cannot pack ${list.join(", ")}: ` +
      (list.length === 1 ? "it does not exist" : "they do not exist") +
      "; build what is missing, or leave the platform out",
    { code: "LAYER" },
  );
}
