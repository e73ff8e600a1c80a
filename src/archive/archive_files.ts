import type { ByteSource } from "../bytes/byte_source.ts";
import { readWhole } from "../bytes/read_whole.ts";
import { MANIFEST_LIMIT } from "../spec/check_manifest.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";

/** The files of a layout or an archive that is read, by their paths in it. */
export interface ArchiveFiles {
  /**
   * Opens a file.
   *
   * @param path Its path, with `/` between the parts.
   * @returns `undefined` where there is none.
   * @throws {ScratchbuildError} Code `ARCHIVE` where it is not known what is
   * there.
   */
  open(path: string): Promise<ByteSource | undefined>;
}

/**
 * Makes an error of why an archive is refused, the second half of a sentence.
 */
export type RefuseArchive = (
  why: string,
  cause?: unknown,
) => ScratchbuildError;

/**
 * Makes the errors of one archive. Their code is `ARCHIVE`.
 *
 * @param name The place as people write it.
 */
export function refusalOf(name: string): RefuseArchive {
  return (why, cause) =>
    new ScratchbuildError(`Cannot read ${printable(name)}: ${why}`, {
      code: "ARCHIVE",
      ...(cause === undefined ? {} : { cause }),
    });
}

/**
 * The whole of a document, which may not be longer than documents are.
 *
 * @returns `undefined` where there is none.
 * @throws What `refuse` makes.
 */
export async function readDocument(
  files: ArchiveFiles,
  path: string,
  refuse: RefuseArchive,
): Promise<Uint8Array | undefined> {
  const file = await files.open(path);
  if (!file) return undefined;
  if (file.size > MANIFEST_LIMIT) {
    throw refuse(
      `its ${printable(path)} is ${file.size} bytes long, and documents have ` +
        `${MANIFEST_LIMIT} at the most`,
    );
  }
  const bytes = await readWhole(file);
  if (bytes.byteLength === file.size) return bytes;
  throw refuse(
    `its ${printable(path)} ended after ${bytes.byteLength} of ` +
      `${file.size} bytes`,
  );
}
