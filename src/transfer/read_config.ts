import { readWhole } from "../bytes/read_whole.ts";
import { MANIFEST_LIMIT } from "../spec/check_manifest.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import type { BlobOptions, ImageSource } from "../target/image_source.ts";
import type { ImageManifest } from "./find_image.ts";

/**
 * The bytes of the configuration that a manifest names, as they are.
 *
 * @throws {ScratchbuildError} Code `IMAGE` where they are more than documents
 * have; what the source fails with.
 */
export async function readConfig(
  source: ImageSource,
  { descriptor: { digest }, value: { config } }: ImageManifest,
  options: Pick<BlobOptions, "signal"> = {},
): Promise<Uint8Array> {
  if (config.size > MANIFEST_LIMIT) {
    throw new ScratchbuildError(
      `Cannot read the configuration of ${printable(source.name)}@${digest}: ` +
        `it is ${config.size} bytes long, and ${MANIFEST_LIMIT} are the most ` +
        "that documents have",
      { code: "IMAGE" },
    );
  }
  return await readWhole(source.blob(config, options));
}
