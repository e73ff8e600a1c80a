import { existsSync } from "node:fs";
import process from "node:process";
import { printable } from "../../spec/printable.ts";
import { parseSource } from "../parse/parse_source.ts";
import { hasBraces } from "../parse/platform_template.ts";
import { usageError } from "../parse/usage_error.ts";
import type { BuildFlags } from "./build_flags.ts";

/** What a command was asked to build. */
export interface BuildRequest {
  /** The command. */
  readonly command: "build" | "push";
  /** Its flags. */
  readonly flags: BuildFlags;
  /** Each `SRC[:DEST]`. */
  readonly sources: readonly string[];
  /** Each LOCATION. */
  readonly locations: readonly string[];
}

/**
 * Refuses a request in which something is missing, or stands in the wrong place.
 *
 * @param hasBase Whether there is a base, which an image can be made of alone.
 * @throws {ScratchbuildError} Code `USAGE`.
 */
export function checkRequest(request: BuildRequest, hasBase: boolean): void {
  const { sources, locations } = request;
  if (sources.length === 0 && !hasBase) {
    throw usageError(
      "Cannot build: name at least one directory, file or tar, or a base by " +
        "--from, as in scratchbuild build dist:/app -o app.tar",
    );
  }
  if (locations.length === 0) {
    throw usageError(
      "Cannot build: say where the image goes, as in -o oci-archive:app.tar",
    );
  }
  checkOrder(request);
}

/** Looks for `push REFERENCE SRC`, which is the wrong way round. */
function checkOrder({ command, sources, locations }: BuildRequest): void {
  const [text] = sources;
  const [last = ""] = locations;
  if (command !== "push" || text === undefined || !existsSync(last)) return;
  const { path: source } = parseSource(text, process.platform === "win32");
  if (existsSync(source) || hasBraces(source)) return;
  throw usageError(
    `Cannot pack ${printable(source)}: it does not exist, and ` +
      `${printable(last)} does; the reference comes last, as in ` +
      "scratchbuild push dist ghcr.io/me/app:1.0",
  );
}
