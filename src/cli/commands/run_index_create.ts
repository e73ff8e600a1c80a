import { createIndex } from "../../image/create_index.ts";
import { type Artifact, imagesOf } from "../../image/publishable.ts";
import type { ContainerImage } from "../../image/container_image.ts";
import { parseLocation } from "../../machine/location.ts";
import { DEFAULT_TAG } from "../../registry/familiar_name.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { type ImageFormat, mediaTypes } from "../../spec/media_types.ts";
import { printable } from "../../spec/printable.ts";
import { readPublishable } from "../../transfer/read_publishable.ts";
import type { CliContext } from "../context.ts";
import { noteInterruption } from "../note_interruption.ts";
import { notices } from "../notices.ts";
import type { OpenUploads } from "../open_uploads.ts";
import { quoted, usageError } from "../parse/usage_error.ts";
import { formatBytes, formatDuration } from "../progress/format_amounts.ts";
import { createReporter } from "../progress/reporter.ts";
import { type TransferResult, transferResult } from "../transfer_result.ts";
import { checkTags, tagIn } from "./copy_plan.ts";
import type { IndexCreateFlags } from "./index_create.ts";
import { onlyArgument } from "./only_argument.ts";
import { openTransfer } from "./open_transfer.ts";
import { printTransfer } from "./print_transfer.ts";
import { showTransfer } from "./show_transfer.ts";

/**
 * Makes an index of images that are somewhere, and writes it with all that it
 * names.
 *
 * @throws {ScratchbuildError} When something fails; no tag names an index that
 * is not whole.
 */
export async function runIndexCreate(
  context: CliContext,
  flags: IndexCreateFlags,
  args: readonly string[],
): Promise<void> {
  const startedAt = context.now();
  const [word, ...rest] = args;
  if (word !== undefined && word !== "create") {
    throw usageError(
      `Cannot run index ${quoted(word)}: no such command, there is ` +
        "index create; see scratchbuild index --help",
    );
  }
  const text = onlyArgument("index", rest);
  const { add = [], tag: further = [] } = flags;
  if (text === undefined || add.length === 0) {
    throw usageError(
      "Cannot create an index: say where it goes and what it names, as in " +
        "scratchbuild index create ghcr.io/me/app:1.0 " +
        "--add ghcr.io/me/app:1.0-amd64 --add ghcr.io/me/app:1.0-arm64",
    );
  }
  checkTags(further);
  const location = parseLocation(text);
  if (location.kind === "stdout" && context.process.stdout.isTTY) {
    throw usageError(
      "Cannot write the index to a terminal: redirect standard output",
    );
  }
  const added = add.map((text) => parseLocation(text));
  const reporter = createReporter(
    flags.quiet ? "none" : flags.progress ?? "auto",
    context,
  );
  const told = notices((line) => reporter.note(line), context.now);
  const { signal } = context;
  const results: TransferResult[] = [];
  let uploads: OpenUploads | undefined;
  let summary: string | undefined;
  try {
    const { sources, target, ...open } = await openTransfer(
      { sources: added, target: location },
      flags,
      context,
      told,
    );
    uploads = open.uploads;
    const images: (ContainerImage | Artifact)[] = [];
    const foreignLayers = flags["foreign-layers"] === true;
    for (const source of sources) {
      const read = await readPublishable(source, { foreignLayers, signal });
      images.push(...imagesOf(read));
    }
    const index = await createIndex({
      images: withoutRepeats(images),
      format: flags.format ?? formatOf(images, flags),
      ...(flags.annotation && {
        annotations: Object.fromEntries(flags.annotation),
      }),
    });
    const { digest } = index.manifest.descriptor;
    const pinned = location.kind === "registry"
      ? location.reference.digest
      : undefined;
    if (pinned !== undefined && pinned !== digest) {
      throw new ScratchbuildError(
        `Cannot write to ${
          printable(text)
        }: the digest of the index is ${digest}; ` +
          "leave the digest out",
        { code: "IMAGE" },
      );
    }
    const own = tagIn(location);
    const named = [
      ...new Set([...(own === undefined ? [] : [own]), ...further]),
    ];
    const tags = named.length === 0 && location.kind === "registry" &&
        pinned === undefined
      ? [DEFAULT_TAG]
      : named;
    const show = showTransfer(reporter, { source: location, target: location });
    show.onRead(index, []);
    try {
      await target.write(index, {
        signal,
        tags,
        foreignLayers,
        onProgress: show.onProgress,
      });
    } finally {
      show.stop();
    }
    const result = transferResult(index, target.name, tags);
    results.push(result);
    const duration = formatDuration(context.now() - startedAt);
    summary = `done     ${formatBytes(result.size)} in ${duration}`;
  } catch (error) {
    noteInterruption(uploads, context);
    throw error;
  } finally {
    reporter.stop(summary);
    printTransfer(results, {
      isWhole: results.length > 0,
      isOne: true,
      isTaken: location.kind === "stdout",
      isJson: flags.json === true,
    }, context);
  }
}

/** An image that was added twice, in the index of another job, is named once. */
function withoutRepeats(
  images: readonly (ContainerImage | Artifact)[],
): (ContainerImage | Artifact)[] {
  const first = new Map<string, ContainerImage | Artifact>();
  for (const image of images) {
    const { digest } = image.manifest.descriptor;
    if (!first.has(digest)) first.set(digest, image);
  }
  return [...first.values()];
}

/** The family of the images; what has annotations is of OCI. */
function formatOf(
  images: readonly (ContainerImage | Artifact)[],
  { annotation }: IndexCreateFlags,
): ImageFormat {
  const isDocker = images.every(({ manifest }) =>
    manifest.descriptor.mediaType === mediaTypes.docker.manifest
  );
  return isDocker && !annotation?.length ? "docker" : "oci";
}
