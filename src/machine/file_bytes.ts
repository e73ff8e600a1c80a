import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  statSync,
} from "node:fs";
import type { RefuseArchive } from "../archive/archive_files.ts";
import { type ByteSource, streamOf } from "../bytes/byte_source.ts";
import { isSame } from "./directory/identity.ts";
import { errorMeaning } from "./system_error.ts";

/** Bytes that one read asks for. */
const READ_SIZE = 1 << 18;

/** Opening a named pipe would otherwise wait for its writer, for ever. */
const NO_WAIT: number = constants.O_NONBLOCK ?? 0;

/**
 * The content of a file, or, where the path is a symbolic link, of what it leads
 * to. It is open only while it is read, and must stay the same file, unchanged.
 *
 * @param refuse Makes the errors.
 * @throws What `refuse` makes: at once where it cannot be read or is no file,
 * while it is read where it has changed.
 */
export function fileBytes(path: string, refuse: RefuseArchive): ByteSource {
  const attempt = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw refuse(errorMeaning(error), error);
    }
  };
  const listed = attempt(() => statSync(path));
  if (!listed.isFile()) {
    throw refuse(
      listed.isDirectory()
        ? "it is a directory; for a layout write oci:DIR"
        : "it is no file; for a pipe there is -",
    );
  }
  function* read(start: number, end: number) {
    const file = attempt(() => openSync(path, constants.O_RDONLY | NO_WAIT));
    try {
      const opened = attempt(() => fstatSync(file));
      if (
        !isSame(opened, listed) || opened.size !== listed.size ||
        opened.mtimeMs !== listed.mtimeMs
      ) throw refuse("it was changed while it was read; try again");
      for (let position = start; position < end;) {
        const buffer = new Uint8Array(Math.min(READ_SIZE, end - position));
        const length = attempt(() =>
          readSync(file, buffer, 0, buffer.byteLength, position)
        );
        if (length === 0) throw refuse("it became shorter while it was read");
        position += length;
        yield buffer.subarray(0, length);
      }
    } finally {
      closeSync(file);
    }
  }
  const part = (start: number, end: number): ByteSource => ({
    size: end - start,
    chunks: () => read(start, end),
    stream: () => streamOf(read(start, end)),
    slice: (from, to) => part(start + from, start + to),
  });
  return part(0, listed.size);
}
