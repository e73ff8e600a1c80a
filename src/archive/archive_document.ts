import { hashAlgorithm, hashOf } from "../bytes/hasher.ts";
import type { ManifestDocument } from "../image/document.ts";
import { checkData } from "../registry/pull/check_data.ts";
import { checkManifest, checkManifestType } from "../spec/check_manifest.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import { isDigest } from "../spec/digest.ts";
import {
  type ArchiveFiles,
  readDocument,
  type RefuseArchive,
} from "./archive_files.ts";
import { blobPath } from "./layout_files.ts";

/** Names a document; what is not known of it is not compared. */
export type DocumentName =
  & Pick<Descriptor, "digest">
  & Partial<Pick<Descriptor, "mediaType" | "size">>;

/**
 * The bytes of a document of a layout, compared with its digest.
 *
 * @throws What `refuse` makes.
 */
export async function archiveDocument(
  files: ArchiveFiles,
  { digest, size }: DocumentName,
  refuse: RefuseArchive,
): Promise<Uint8Array> {
  const algorithm = isDigest(digest) ? hashAlgorithm(digest) : undefined;
  if (algorithm === undefined) {
    throw refuse(
      `the digest ${JSON.stringify(String(digest).slice(0, 200))} cannot be ` +
        "verified here",
    );
  }
  const bytes = await readDocument(files, blobPath(digest), refuse);
  if (!bytes) throw refuse(`it lacks ${digest}`);
  const { byteLength } = bytes;
  if (byteLength !== (size ?? byteLength)) {
    throw refuse(
      `its ${digest} is to be ${size} bytes long, and has ${byteLength}`,
    );
  }
  const actual = hashOf(bytes, algorithm);
  if (actual === digest) return bytes;
  throw refuse(
    `of its ${digest}, its digest is ${actual}. It is damaged, or not what ` +
      "it says; get it again",
  );
}

/**
 * A manifest or an index of a layout.
 *
 * @throws What `refuse` makes.
 */
export async function archiveManifest(
  files: ArchiveFiles,
  name: DocumentName,
  refuse: RefuseArchive,
): Promise<ManifestDocument> {
  const { digest, mediaType } = name;
  const about = (why: string) => refuse(`of its ${digest}, ${why}`);
  if (mediaType !== undefined) checkManifestType(mediaType, about);
  const bytes = await archiveDocument(files, name, refuse);
  const checked = checkManifest(bytes, {
    mediaType,
    isPinned: true,
    refuse: about,
  });
  checkData(checked.value, about);
  const descriptor = {
    mediaType: checked.mediaType,
    digest,
    size: bytes.byteLength,
  };
  return checked.kind === "index"
    ? { kind: checked.kind, descriptor, bytes, value: checked.value }
    : { kind: checked.kind, descriptor, bytes, value: checked.value };
}
