import type { ContainerImage } from "../../image/container_image.ts";
import { diffImages } from "../../image/diff_images.ts";
import type { TreeDifference } from "../../image/diff_trees.ts";
import type { CliContext } from "../context.ts";
import { compareDirectory } from "../diff/compare_directory.ts";
import { type DiffSide, parseDiffSide } from "../diff/diff_side.ts";
import {
  type Comparison,
  differenceDocument,
  isEqual,
} from "../diff/difference_document.ts";
import { differenceLines } from "../diff/difference_lines.ts";
import { errorLines, isDebug } from "../error_line.ts";
import { exitStatus, exitStatusOf } from "../exit_status.ts";
import { jsonText } from "../json_text.ts";
import { LayerNotices } from "../layer_notices.ts";
import { checkLayerFlags, layerOptions } from "../layer_options.ts";
import { usageError } from "../parse/usage_error.ts";
import { type DiffFlags, directoryFlags } from "./diff.ts";
import {
  openImages,
  type OpenImageSurroundings,
  showReading,
  withReporter,
} from "./open_image.ts";
import { readTree } from "./read_tree.ts";

/** The exit status where there are differences, as of `diff` and `cmp`. */
const DIFFERENT = 1;
/** What they end with where it could not be found out. */
const TROUBLE = 2;

/**
 * Compares two images, or a directory and an image. The exit status says
 * whether they differ; what other commands end with 1 for ends with 2 here.
 *
 * @throws {ScratchbuildError} Where it cannot be found out.
 */
export async function runDiff(
  context: CliContext,
  flags: DiffFlags,
  args: readonly string[],
): Promise<void> {
  const { signal } = context;
  try {
    const comparison = await compare(context, flags, args);
    print(comparison, flags, context);
    context.process.exitCode = isEqual(comparison)
      ? exitStatus.done
      : DIFFERENT;
  } catch (error) {
    if (exitStatusOf(error, signal) !== exitStatus.failed) throw error;
    const { stderr, env } = context.process;
    stderr.write(`${errorLines(error, { debug: isDebug(env), signal })}\n`);
    context.process.exitCode = TROUBLE;
  }
}

async function compare(
  context: CliContext,
  flags: DiffFlags,
  args: readonly string[],
): Promise<Comparison> {
  const [before, after] = args;
  if (before === undefined || after === undefined || args.length > 2) {
    throw usageError(
      "Cannot compare: name two images, or a directory and an image, as in " +
        "scratchbuild diff dist:/app ghcr.io/me/app:1.0",
    );
  }
  const sides = [parseDiffSide(before), parseDiffSide(after)];
  checkSides(sides, flags);
  const locations = sides.flatMap((side) =>
    side.kind === "image" ? [side.location] : []
  );
  return await withReporter(flags, context, async (surroundings) => {
    const images = await openImages(locations, surroundings);
    const found = images.length === 2
      ? await compareImages(images, surroundings)
      : await compareWithDirectory(images[0], sides, flags, surroundings);
    return { before, after, ...found };
  });
}

function checkSides(sides: readonly DiffSide[], flags: DiffFlags): void {
  const directories = sides.filter(({ kind }) => kind === "directory");
  if (directories.length === 2) {
    throw usageError(
      "Cannot compare two directories: one of the two has to be an image",
    );
  }
  if (directories.length === 1) return checkLayerFlags(flags, ["directory"]);
  const names = Object.keys(directoryFlags) as (keyof typeof directoryFlags)[];
  const unfit = names.find((name) => flags[name] !== undefined);
  if (unfit !== undefined) {
    throw usageError(
      `Cannot use --${unfit}: it says how a directory is read, and none is ` +
        "compared; leave it out",
    );
  }
}

function compareImages(
  images: readonly ContainerImage[],
  { context: { signal }, reporter }: OpenImageSurroundings,
): Promise<Omit<Comparison, "before" | "after">> {
  const [before, after] = images as [ContainerImage, ContainerImage];
  // Locations are long and begin alike; help knows the two as A and B.
  const onProgress = showReading(images, reporter, ["A", "B"]);
  return diffImages(before, after, { signal, onProgress });
}

async function compareWithDirectory(
  image: ContainerImage | undefined,
  sides: readonly DiffSide[],
  flags: DiffFlags,
  surroundings: OpenImageSurroundings,
): Promise<TreeDifference> {
  const { context: { signal }, told } = surroundings;
  const [first, second] = sides;
  const side = first?.kind === "directory" ? first : second;
  if (side?.kind !== "directory") throw new TypeError("no directory");
  const { path, destination } = side;
  const tree = await readTree(image, surroundings, { hash: true });
  const noticed = new LayerNotices(told.warn);
  const { directory } = layerOptions(flags, "directory", 0);
  const difference = await compareDirectory(
    {
      path,
      destination,
      reading: {
        ...directory,
        onWarning: (warning) => noticed.take(path, warning),
      },
    },
    tree,
    { signal, ...(flags.owner && { owner: flags.owner }) },
  );
  noticed.end();
  return first === side ? difference : reversed(difference);
}

/** The same difference, seen from the other side. */
function reversed(
  { added, removed, changed }: TreeDifference,
): TreeDifference {
  return {
    added: removed,
    removed: added,
    changed: changed.map(({ before, after, ...change }) => ({
      ...change,
      before: after,
      after: before,
    })),
  };
}

function print(
  comparison: Comparison,
  { json }: DiffFlags,
  { process: { stdout, env } }: CliContext,
): void {
  if (json) {
    const document = differenceDocument(comparison);
    stdout.write(jsonText(document));
    return;
  }
  const { isTTY = false, columns = 80 } = stdout;
  const lines = differenceLines(comparison, {
    width: isTTY ? columns : Infinity,
    color: isTTY && !env.NO_COLOR && env.TERM !== "dumb",
  });
  stdout.write(lines.map((line) => `${line}\n`).join(""));
}
