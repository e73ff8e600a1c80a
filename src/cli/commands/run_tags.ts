import { type Location, parseLocation } from "../../machine/location.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";
import type { CliContext } from "../context.ts";
import { jsonText } from "../json_text.ts";
import { notices } from "../notices.ts";
import { isHost } from "../mistaken_location.ts";
import { quoted, usageError } from "../parse/usage_error.ts";
import { onlyArgument } from "./only_argument.ts";
import { openLocations } from "./open_location.ts";
import type { TagsFlags } from "./tags.ts";

/**
 * Lists the tags of a place, as they come.
 *
 * @throws {ScratchbuildError} Where they cannot be listed.
 */
export async function runTags(
  context: CliContext,
  flags: TagsFlags,
  args: readonly string[],
): Promise<void> {
  const { process: { stdout, stderr }, signal } = context;
  const text = onlyArgument("tags", args) ?? missing();
  const location = parseLocation(text);
  checkUnnamed(location, text);
  const told = notices((line) => stderr.write(`${line}\n`), context.now);
  const [source] = await openLocations([location], flags, context, told);
  if (!source?.tags) {
    throw new ScratchbuildError(
      `Cannot list the tags of ${printable(text)}: such a place has none`,
      { code: "USAGE" },
    );
  }
  const found: string[] = [];
  for await (const tag of source.tags({ signal })) {
    if (flags.json) found.push(tag);
    else stdout.write(`${printable(tag)}\n`);
    if (stdout.isClosed) return;
  }
  if (flags.json) {
    const document = { version: 1, name: source.name, tags: found };
    stdout.write(jsonText(document));
  }
}

/** One tag has no tags: whoever writes one expects something else. */
function checkUnnamed(location: Location, text: string): void {
  const isNamed = location.kind === "registry"
    ? location.reference.tag ?? location.reference.digest
    : "tag" in location
    ? location.tag
    : "reference" in location
    ? location.reference
    : undefined;
  if (isNamed === undefined) return;
  throw usageError(
    `Cannot list the tags of ${quoted(text)}: ` +
      (isHost(text)
        ? "it names no repository; add one, as in localhost:5000/app"
        : "it names one already; leave the tag or the digest out"),
  );
}

function missing(): never {
  throw usageError(
    "Cannot list tags: name a repository, as in " +
      "scratchbuild tags ghcr.io/me/app",
  );
}
