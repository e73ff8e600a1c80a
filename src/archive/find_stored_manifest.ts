import type { ManifestDocument } from "../image/document.ts";
import { isManifestType } from "../spec/check_manifest.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import { type Digest, isDigest } from "../spec/digest.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { Manifest } from "../spec/manifest.ts";
import { archiveManifest } from "./archive_document.ts";
import {
  type ArchiveFiles,
  readDocument,
  type RefuseArchive,
} from "./archive_files.ts";
import { blobPath } from "./layout_files.ts";
import { readLayoutIndex } from "./layout_index.ts";
import type { TarFiles } from "./tar_files.ts";

/** What is longer is no manifest of an image with 127 layers. */
const LONGEST = 1 << 18;

/** Most files that are looked at which no index names. */
const MOST_FILES = 100;

/**
 * Finds the manifest of an image of a Docker archive, where that is an OCI
 * layout too: the one with the same configuration, all layers of which are
 * there. Docker 25 writes manifests that no index names.
 *
 * @param config Digest of the configuration.
 * @returns `undefined` where there is none.
 * @throws What `refuse` makes, where the layout is damaged.
 */
export async function findStoredManifest(
  config: Digest,
  files: TarFiles,
  refuse: RefuseArchive,
): Promise<ManifestDocument | undefined> {
  const index = await readLayoutIndex(files, refuse);
  if (!index) return undefined;
  const seen = new Set<Digest>();
  let level: readonly Descriptor[] = index.manifests;
  while (level.length > 0) {
    const next: Descriptor[] = [];
    for (const entry of level) {
      const { digest, mediaType } = entry;
      if (seen.has(digest) || !isManifestType(mediaType)) continue;
      seen.add(digest);
      // An index may name images of other platforms, which were left out.
      if (!await files.open(blobPath(digest))) continue;
      const found = await archiveManifest(files, entry, refuse);
      if (found.kind === "index") next.push(...found.value.manifests);
      else if (await isOf(config, found.value, files)) return found;
    }
    level = next;
  }
  return await findUnnamed(config, files, refuse);
}

async function findUnnamed(
  config: Digest,
  files: TarFiles,
  refuse: RefuseArchive,
): Promise<ManifestDocument | undefined> {
  let looked = 0;
  for (const path of (await files.paths()).toSorted()) {
    const digest = path.replace(/^blobs\/([^/]+)\//, "$1:");
    if (!isDigest(digest) || digest === config) continue;
    const file = await files.open(path);
    if (!file || file.size > LONGEST) continue;
    if (++looked > MOST_FILES) return undefined;
    const bytes = await readDocument(files, path, refuse);
    if (!new TextDecoder().decode(bytes).includes(config)) continue;
    try {
      const found = await archiveManifest(files, { digest }, refuse);
      if (found.kind === "index") continue;
      if (await isOf(config, found.value, files)) return found;
    } catch (error) {
      // Whatever else it is, nobody said that it is a manifest.
      if (!(error instanceof ScratchbuildError)) throw error;
    }
  }
  return undefined;
}

/** Whether a manifest is that of the image, and its layers are there. */
async function isOf(
  config: Digest,
  manifest: Manifest,
  files: ArchiveFiles,
): Promise<boolean> {
  if (manifest.config.digest !== config) return false;
  for (const { digest, urls } of manifest.layers) {
    if (!urls && !await files.open(blobPath(digest))) return false;
  }
  return true;
}
