import { contentsOf } from "../image/publishable.ts";
import type { Digest } from "../spec/digest.ts";
import { isNonDistributable } from "../spec/media_types.ts";
import { printable } from "../spec/printable.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";
import type { PlannedContent } from "../target/planned_content.ts";
import type { BuiltImage } from "./image_result.ts";
import type { BlobName } from "./progress/blob_item.ts";
import { formatBytes } from "./progress/format_amounts.ts";

/** What would be written to one place, in the JSON document of `--json`. */
export interface DryRun {
  /** Bytes of what is new there. */
  readonly bytesToSend: number;
  /** The blobs, manifests and indexes, in the order in which they are sent. */
  readonly contents: readonly {
    /** Its digest. */
    readonly digest: Digest;
    /** Its media type. */
    readonly mediaType: string;
    /** Its bytes. */
    readonly size: number;
    /** Whether it is there, in another repository, or would be sent. */
    readonly state: PlannedContent["state"];
  }[];
}

/**
 * Asks a place what it would do with an image. Into an archive goes all of it.
 *
 * @throws {ScratchbuildError} Where the place cannot be asked.
 */
export async function dryRun(
  image: BuiltImage,
  target: ImageTarget,
  options: WriteOptions,
): Promise<DryRun> {
  const planned = await target.plan?.(image, options) ??
    allOf(image, options);
  const isNew = ({ state }: PlannedContent) => state === "new";
  return {
    bytesToSend: planned.filter(isNew)
      .reduce((sum, { descriptor }) => sum + descriptor.size, 0),
    contents: planned.map(({ descriptor, state }) => {
      const { digest, mediaType, size } = descriptor;
      return { digest, mediaType, size, state };
    }),
  };
}

function allOf(
  image: BuiltImage,
  { foreignLayers }: WriteOptions,
): PlannedContent[] {
  const { blobs, documents } = contentsOf(image);
  return [...blobs, ...documents]
    .filter(({ descriptor: { mediaType } }) =>
      foreignLayers || !isNonDistributable(mediaType)
    )
    .map(({ descriptor }) => ({ descriptor, state: "new" }));
}

/** A dry run as lines of text, one for each thing and one for all of them. */
export function dryRunLines(
  { bytesToSend, contents }: DryRun,
  name: string,
  names: ReadonlyMap<Digest, BlobName>,
): string[] {
  const lines = contents.map(({ digest, size, state }) => {
    const label = names.get(digest)?.label ?? "";
    return `${state.padEnd(9)} ${digest} ${formatBytes(size).padStart(8)}  ` +
      label;
  });
  return [
    ...lines,
    `${formatBytes(bytesToSend)} to send to ${printable(name)}`,
  ];
}
