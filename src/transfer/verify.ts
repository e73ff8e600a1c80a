import { type ByteSource, chunksOf } from "../bytes/byte_source.ts";
import { DigestMismatchError } from "../bytes/digest_mismatch_error.ts";
import { layerEncoding } from "../image/layer_descriptor.ts";
import { RegistryError } from "../registry/registry_error.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { isNonDistributable } from "../spec/media_types.ts";
import { platformDistance } from "../spec/match_platform.ts";
import { type Platform, platformText } from "../spec/platform.ts";
import { printable } from "../spec/printable.ts";
import type { ImageSource } from "../target/image_source.ts";
import type { Progress } from "../target/progress.ts";
import { sideBySide } from "../target/side_by_side.ts";
import { faultOf } from "./fault.ts";
import { findImage } from "./find_image.ts";
import { type LayerFindings, verifyLayer } from "./verify_layer.ts";
import { type PlannedBlob, VerifyPlan } from "./verify_plan.ts";
import type { VerifyFinding, VerifyReport } from "./verify_report.ts";

/** Options of {@linkcode verify}. */
export interface VerifyOptions {
  /**
   * A tag or a digest.
   *
   * @default what the location of the source names
   */
  readonly name?: string;
  /**
   * Verifies of an index the image for this platform alone; a single image that
   * does not fit is refused.
   *
   * @default everything that an index names
   */
  readonly platform?: Platform;
  /**
   * Whether layers whose bytes the place does not have are read from the `urls`
   * of their descriptors.
   *
   * @default {false}
   */
  readonly foreignLayers?: boolean;
  /** Stops the work. */
  readonly signal?: AbortSignal;
  /** Is told how far the reading of each blob is, and which there are. */
  readonly onProgress?: (progress: Progress, what: string) => void;
}

/** What was found out about one blob. */
interface BlobFindings {
  readonly isRead: boolean;
  readonly problems: readonly VerifyFinding[];
  readonly warnings?: readonly VerifyFinding[];
  readonly skipped?: readonly VerifyFinding[];
}

/**
 * Reads every byte of an image, or of all that an index names, and compares it
 * with what is said of it: digests, sizes, the diffIDs of the tars in the
 * layers, the documents with the specification and with one another. All that
 * is wrong is found at once; nothing is stored, and a blob that several images
 * share is read once.
 *
 * @throws {ScratchbuildError} Where it could not be read: there is no such
 * image or none for the platform, the registry or the way to it failed, or the
 * signal stopped the work.
 *
 * @example
 * ```ts no-eval
 * import { Registry, verify } from "@x/scratchbuild";
 *
 * const { problems } = await verify(new Registry("localhost:5000/me/app:1"));
 * for (const { what, why } of problems) console.log(`${what}: ${why}`);
 * ```
 */
export async function verify(
  source: ImageSource,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const { name: tag, platform, signal } = options;
  const { name } = source;
  const plan = new VerifyPlan(source, signal);
  let root;
  let said: Platform | undefined;
  try {
    root = await source.manifest(tag, { signal });
    if (platform && root.kind === "index") {
      ({ said, ...root } = await findImage(source, {
        root,
        platform,
        signal,
      }));
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    const problems = [{ what: "manifest", why: faultOf(error) }];
    const nothing = { documents: 0, blobs: 0, bytes: 0 };
    return { name, ...nothing, problems, warnings: [], skipped: [] };
  }
  if (root.kind === "index") await plan.addIndex(root);
  else {
    await plan.addManifest(root, said);
    const own = plan.imageOf(root.value);
    const isOther = platform && own && !said &&
      platformDistance(platform, own) === undefined;
    if (isOther) {
      throw new ScratchbuildError(
        `Cannot verify ${printable(name)}: it is for ` +
          `${printable(platformText(own))} and not for ` +
          platformText(platform),
        { code: "IMAGE" },
      );
    }
  }
  const configs = plan.configCount;
  const blobs = [...plan.blobs.values()];
  const found = await sideBySide(
    blobs,
    (blob, signal) => verifyBlob(source, blob, { ...options, signal }),
    { signal },
  );
  const read = blobs.filter((_, position) => found[position]?.isRead);
  return {
    name,
    digest: root.descriptor.digest,
    documents: plan.documents.size,
    blobs: read.length + configs,
    bytes: read.reduce(
      (sum, { descriptor }) => sum + descriptor.size,
      plan.bytes,
    ),
    problems: [...plan.problems, ...found.flatMap(({ problems }) => problems)],
    warnings: [
      ...plan.warnings,
      ...found.flatMap(({ warnings = [] }) => warnings),
    ],
    skipped: found.flatMap(({ skipped = [] }) => skipped),
  };
}

/** Whether what stands for the whole image came, and is not what it should be. */
function isDamage(error: unknown): boolean {
  return error instanceof DigestMismatchError ||
    error instanceof ScratchbuildError && error.code === "REGISTRY" &&
      !(error instanceof RegistryError);
}

async function verifyBlob(
  source: ImageSource,
  planned: PlannedBlob,
  { foreignLayers: foreign, signal, onProgress }: VerifyOptions,
): Promise<BlobFindings> {
  const { descriptor, others } = planned;
  const { digest, size, mediaType } = descriptor;
  const what = planned.what + (others > 0 ? ` and ${others} more` : "");
  let received = 0;
  const tell = (state: Progress["state"], bytes: number) => {
    received = bytes;
    onProgress?.({ descriptor, state, bytes }, planned.what);
  };
  const finding = (why: string): VerifyFinding => ({ what, digest, why });
  try {
    tell("start", 0);
    const blob = source.blob(descriptor, {
      ...(foreign && { foreign }),
      signal,
    });
    const { problems, warnings } = await read(blob, planned, tell);
    tell("done", size);
    return {
      isRead: true,
      problems: problems.map(finding),
      warnings: warnings.map(finding),
    };
  } catch (error) {
    const why = faultOf(error);
    const isElsewhere = isNonDistributable(mediaType) && received === 0 &&
      !(error instanceof DigestMismatchError);
    tell("done", size);
    return isElsewhere
      ? { isRead: false, problems: [], skipped: [finding(why)] }
      : { isRead: true, problems: [finding(why)] };
  }
}

async function read(
  blob: ByteSource,
  { descriptor, isLayer, diffIds }: PlannedBlob,
  tell: (state: "bytes", bytes: number) => void,
): Promise<Pick<LayerFindings, "problems" | "warnings">> {
  if (!isLayer) {
    let bytes = 0;
    for await (const chunk of chunksOf(blob)) {
      bytes += chunk.byteLength;
      tell("bytes", bytes);
    }
    return { problems: [], warnings: [] };
  }
  const { encoding, problems, warnings } = await verifyLayer(blob, {
    diffIds,
    onBytes: (bytes) => tell("bytes", bytes),
  });
  const said = layerEncoding(descriptor.mediaType);
  if (said === undefined || said === encoding) return { problems, warnings };
  const odd = `its media type says that its compression is ${said}, and it ` +
    `is ${encoding}`;
  return { problems, warnings: [odd, ...warnings] };
}
