import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { ImageOptions } from "../../image/create_image.ts";
import type { LayerOptions } from "../../image/create_layer.ts";
import { cacheDirectory } from "../../machine/cache_directory.ts";
import { checkDirectory } from "../../machine/directory.ts";
import { fileUploadJournal } from "../../machine/upload_journal.ts";
import { UploadMemory } from "../../registry/push/upload_memory.ts";
import type { CliContext } from "../context.ts";
import { printable } from "../../spec/printable.ts";
import { imageOptions } from "../image_options.ts";
import type { Notices } from "../notices.ts";
import { OpenUploads } from "../open_uploads.ts";
import { parseSource, type Source, sourceHint } from "../parse/parse_source.ts";
import { usageError } from "../parse/usage_error.ts";
import { sourceDateEpoch } from "../source_date_epoch.ts";
import type { BuildFlags } from "./build_flags.ts";
import { checkOutside } from "./check_outside.ts";
import { credentialsFor } from "./credentials_for.ts";
import { destinations } from "./destinations.ts";
import { type OpenDestination, openDestinations } from "./open_destinations.ts";
import { registryOptions } from "./registry_options.ts";

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

/** Everything that has to be known to build; nothing of it is wrong. */
export interface BuildPlan {
  /** The directories, one for each layer. */
  readonly sources: readonly Source[];
  /** How they become layers. */
  readonly layer: LayerOptions;
  /** What the image is besides its layers. */
  readonly image: Omit<ImageOptions, "layers">;
  /** Where it goes. */
  readonly destinations: readonly OpenDestination[];
  /** The uploads that another run could go on with. */
  readonly uploads: OpenUploads;
}

/**
 * Looks for all that is wrong with a request before any work is done, and
 * before anything is written.
 *
 * @param notices Tells what is odd but does not stop the work.
 * @throws {ScratchbuildError} For the first thing that is wrong.
 */
export async function planBuild(
  request: BuildRequest,
  context: CliContext,
  notices: Notices,
): Promise<BuildPlan> {
  const { command, flags, sources, locations } = request;
  const { env, stdout } = context.process;
  const epoch = sourceDateEpoch(env);
  const image = imageOptions(flags, epoch);
  const layer = layerOptions(flags, epoch);
  if (sources.length === 0) {
    throw usageError(
      "Cannot build: name at least one directory, " +
        "as in scratchbuild build dist:/app -o app.tar",
    );
  }
  if (locations.length === 0) {
    throw usageError(
      "Cannot build: say where the image goes, as in -o oci-archive:app.tar",
    );
  }
  checkOrder(request);
  const places = destinations(command, locations, flags.tag ?? []);
  if (
    places.some(({ location }) => location.kind === "stdout") && stdout.isTTY
  ) {
    throw usageError(
      "Cannot write the image to a terminal: redirect standard output, " +
        "as in -o - | docker load",
    );
  }
  const checked = checkedSources(sources);
  checkOutside(
    checked.map(({ path }) => path),
    [
      ...places.flatMap(({ location }) =>
        "path" in location ? [location.path] : []
      ),
      ...(flags["metadata-file"] ? [flags["metadata-file"]] : []),
    ],
  );
  const registries = new Set(
    places.flatMap(({ location }) =>
      location.kind === "registry" ? [location.reference.registry] : []
    ),
  );
  const credentials = await credentialsFor([...registries], flags, context, {
    onWarning: notices.warn,
  });
  // A helper that is locked shall not be found out about after the packing.
  for (const { location } of places) {
    if (location.kind !== "registry") continue;
    const { registry, repository } = location.reference;
    const { signal } = context;
    await credentials(registry, { repository, access: "push", signal });
  }
  // Who has no home directory has no cache either, and needs none.
  const journal = fileUploadJournal(() =>
    join(cacheDirectory({ env }), "uploads")
  );
  const uploads = new OpenUploads(journal);
  const memory = new UploadMemory();
  return {
    sources: checked,
    layer,
    image,
    destinations: openDestinations(places, flags, {
      ...registryOptions(flags, context, notices),
      credentials,
      memory,
      journal: uploads,
    }),
    uploads,
  };
}

function layerOptions(flags: BuildFlags, epoch: number): LayerOptions {
  const { compression = "gzip", owner, mtime = epoch } = flags;
  const level = flags["compression-level"];
  if (level !== undefined && compression !== "gzip") {
    throw usageError(
      `Cannot use --compression-level with --compression ${compression}: ` +
        "only gzip has levels",
    );
  }
  return {
    compression,
    mtime,
    ...(level !== undefined && { level }),
    ...(owner && { owner }),
  };
}

/** Looks for `push REFERENCE SRC`, which is the wrong way round. */
function checkOrder({ command, sources, locations }: BuildRequest): void {
  const [source = ""] = sources;
  const [last = ""] = locations;
  if (command !== "push" || existsSync(source) || !existsSync(last)) return;
  throw usageError(
    `Cannot pack ${printable(source)}: it does not exist, and ` +
      `${printable(last)} does; the reference comes last, as in ` +
      "scratchbuild push dist ghcr.io/me/app:1.0",
  );
}

function checkedSources(texts: readonly string[]): Source[] {
  const windows = process.platform === "win32";
  const sources = texts.map((text) => parseSource(text, windows));
  for (const source of sources) {
    try {
      checkDirectory(source.path);
    } catch (error) {
      const hint = sourceHint(source);
      if (hint === "" || !(error instanceof Error)) throw error;
      throw usageError(error.message + hint);
    }
  }
  return sources;
}
