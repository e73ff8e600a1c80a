import {
  type ByteSource,
  iterateStream,
  streamOf,
} from "../bytes/byte_source.ts";
import type { SpooledBytes } from "../bytes/spool.ts";
import { TemporaryFile } from "./temporary_file.ts";

/** Bytes that one read asks for. */
const READ_SIZE = 1 << 18;

/** Closes the file of bytes that nobody disposed of. */
const forgotten = new FinalizationRegistry<TemporaryFile>((file) =>
  file.close()
);

/**
 * Keeps bytes in a temporary file without a name, until they are disposed of or
 * nobody holds them any more.
 *
 * @throws {ScratchbuildError} Code `LAYER` where the disk does not take them.
 * @throws What the stream fails with.
 */
export async function fileSpool(
  stream: ReadableStream<Uint8Array>,
  onKept?: (kept: ByteSource) => void,
): Promise<SpooledBytes> {
  const file = new TemporaryFile();
  let size = 0;
  try {
    for await (const chunk of iterateStream(stream)) {
      file.write(chunk);
      size += chunk.byteLength;
      onKept?.(keptBytes(file, size));
    }
  } catch (error) {
    file.close();
    throw error;
  }
  const spooled = spooledBytes(file, size);
  forgotten.register(spooled, file, spooled);
  return spooled;
}

function spooledBytes(file: TemporaryFile, size: number): SpooledBytes {
  const spooled: SpooledBytes = {
    ...keptBytes(file, size, () => spooled),
    [Symbol.asyncDispose]: () => {
      forgotten.unregister(spooled);
      file.close();
      return Promise.resolve();
    },
  };
  return spooled;
}

/**
 * Bytes of the file.
 *
 * @param holder What they hold on to while they are read, because the file is
 * closed once nobody does.
 */
function keptBytes(
  file: TemporaryFile,
  size: number,
  holder: () => unknown = () => file,
): ByteSource {
  function* read(
    start: number,
    end: number,
  ): Generator<Uint8Array, void, undefined> {
    for (let position = start; position < end && holder();) {
      const room = Math.min(READ_SIZE, end - position);
      const chunk = file.read(new Uint8Array(room), position);
      position += chunk.byteLength;
      yield chunk;
    }
  }
  const part = (start: number, end: number): ByteSource => ({
    size: end - start,
    chunks: () => read(start, end),
    stream: () => streamOf(read(start, end)),
    slice: (from, to) => part(start + from, start + to),
  });
  return part(0, size);
}
