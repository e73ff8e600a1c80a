import { type ByteSource, chunksOf, streamOf } from "../bytes/byte_source.ts";
import type { ImageBlob } from "../image/image_blobs.ts";
import {
  type Contents,
  contentsOf,
  type Publishable,
} from "../image/publishable.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { isNonDistributable } from "../spec/media_types.ts";
import { printable } from "../spec/printable.ts";
import type { WriteOptions } from "../target/image_target.ts";
import { observed } from "../target/observed.ts";

/**
 * What a layout or an archive holds of what is published: all but the layers
 * that may not be distributed, unless they are asked for. Reading the blobs is
 * reported, ended by the signal, and fails where one has not the size that its
 * descriptor says. Their digests are the concern of who gives them.
 *
 * @param name The layout or the archive, for messages.
 * @throws {ScratchbuildError} While a blob is read, code `IMAGE` or `ABORTED`.
 */
export function layoutContents(
  image: Publishable,
  name: string,
  options: WriteOptions,
): Contents {
  const { blobs, documents } = contentsOf(image);
  return {
    blobs: blobs
      .filter(({ descriptor: { mediaType } }) =>
        options.foreignLayers || !isNonDistributable(mediaType)
      )
      .map((blob) => ({
        ...blob,
        source: observed(sized(blob, name), blob.descriptor, options),
      })),
    documents,
  };
}

/** The bytes of a blob, as many as its descriptor says or an error. */
function sized({ descriptor, source }: ImageBlob, name: string): ByteSource {
  const { digest, size } = descriptor;
  const refuse = (why: string, cause?: unknown) =>
    new ScratchbuildError(
      `Cannot write ${printable(name)}: the blob ${digest} ${why}`,
      { code: "IMAGE", ...(cause === undefined ? {} : { cause }) },
    );
  async function* chunks(): AsyncGenerator<Uint8Array> {
    let length = 0;
    try {
      for await (const chunk of chunksOf(source)) {
        length += chunk.byteLength;
        if (length > size) throw refuse(`is longer than its ${size} bytes`);
        yield chunk;
      }
    } catch (error) {
      if (error instanceof ScratchbuildError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw refuse(`cannot be read: ${printable(why)}`, error);
    }
    if (length < size) {
      throw refuse(`ended after ${length} of its ${size} bytes`);
    }
  }
  return { size, chunks, stream: () => streamOf(chunks()) };
}
