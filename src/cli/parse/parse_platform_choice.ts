import process from "node:process";
import { parsePlatform, type Platform } from "../../spec/platform.ts";

/** What of an index is meant: everything, or the image for one platform. */
export type PlatformChoice = "all" | Platform;

/** The names that Go has for the processors of Node where they differ. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  ia32: "386",
  mipsel: "mipsle",
  ppc64: "ppc64le",
  x64: "amd64",
};

/**
 * Parses the `--platform` of what is not built: `all`, `one` for Linux on the
 * processor of this computer, or `OS/ARCH`.
 *
 * @throws {ScratchbuildError} Code `PLATFORM_SYNTAX`.
 */
export function parsePlatformChoice(text: string): PlatformChoice {
  if (text === "all") return text;
  return text === "one" ? ownPlatform(process.arch) : parsePlatform(text);
}

/** Linux on a processor, as `process.arch` names it. */
export function ownPlatform(processor: string): Platform {
  const architecture = Object.hasOwn(ARCHITECTURES, processor)
    ? ARCHITECTURES[processor] ?? processor
    : processor;
  return { os: "linux", architecture };
}
