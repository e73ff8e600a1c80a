import { type ByteSource, chunksOf, streamOf } from "../bytes/byte_source.ts";
import { hashAlgorithm } from "../bytes/hasher.ts";
import { turn } from "../bytes/turn.ts";
import { verified } from "../bytes/verified.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import { isDigest } from "../spec/digest.ts";
import { abortedError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import type { RefuseArchive } from "./archive_files.ts";

/** What {@linkcode archiveBlob} reads. */
export interface ArchiveBlobOptions {
  /**
   * Opens the file that is to hold the blob; `undefined` where there is none.
   */
  readonly open: () => Promise<ByteSource | undefined>;
  /** Makes the errors. */
  readonly refuse: RefuseArchive;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * The bytes of a blob of an archive. The length of the file is compared with
 * the descriptor before it is read, the digest at its end.
 *
 * @throws What `refuse` makes: at once where the descriptor is none, while it is
 * read where the file is not there or not what it should be.
 */
export function archiveBlob(
  { digest, size, urls }: Descriptor,
  { open, refuse, signal }: ArchiveBlobOptions,
): ByteSource {
  if (!isDigest(digest)) {
    throw refuse(
      `${JSON.stringify(String(digest).slice(0, 200))} is no digest`,
    );
  }
  const algorithm = hashAlgorithm(digest);
  if (algorithm === undefined) {
    throw refuse(`its ${digest} has an algorithm that cannot be verified here`);
  }
  if (!Number.isSafeInteger(size) || size < 0) {
    throw refuse(`the size of its ${digest}, ${size}, is none`);
  }
  async function* content() {
    const file = await open();
    if (!file) {
      throw refuse(
        `it lacks ${digest}` +
          (urls?.[0] === undefined
            ? ""
            : ", which is to be had at its urls; only a registry leads there"),
      );
    }
    if (file.size !== size) {
      throw refuse(
        `its ${digest} is to be ${size} bytes long, and has ${file.size}`,
      );
    }
    for await (const chunk of chunksOf(file)) {
      if (signal?.aborted) throw abortedError(`read ${digest}`, signal);
      yield chunk;
      await turn();
    }
  }
  const chunks = () =>
    verified(content(), {
      size,
      digest,
      algorithm,
      refuse: (why) => refuse(`of its ${printable(digest)}, ${damage(why)}`),
    });
  return { size, stream: () => streamOf(chunks()), chunks };
}

function damage(why: string): string {
  return `${why}. It is damaged, or not what it says; get it again`;
}
