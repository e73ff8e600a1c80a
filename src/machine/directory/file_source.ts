import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { ByteSource, SourceVersion } from "../../bytes/byte_source.ts";
import { streamOf } from "../../bytes/byte_source.ts";
import { LayerError } from "../../tar/layer_error.ts";
import { readError } from "../read_error.ts";
import { errorCode } from "../system_error.ts";
import { type Identity, isSame } from "./identity.ts";

/** Most bytes that one read asks for, where the reader lends no memory. */
const READ_SIZE = 1 << 18;

/** Windows has no such flag, and no symbolic links that need it. */
const NO_FOLLOW: number = constants.O_NOFOLLOW ?? 0;

/** Opening a named pipe would otherwise wait for its writer, for ever. */
const NO_WAIT: number = constants.O_NONBLOCK ?? 0;

/** What the listing said about a file. */
export interface FileIdentity extends Identity {
  /** Size in bytes. */
  readonly size: number;
  /** Which content it had, where its times tell. */
  readonly version?: SourceVersion | undefined;
}

/**
 * The content of a file that was listed before. It is opened when it is read,
 * without following a link, and refused when it is another file by then or does
 * not have the size that was listed. Reads are synchronous: for many small
 * files that is several times as fast.
 *
 * @throws {LayerError} While it is read, with the path of the file.
 */
export function fileSource(path: string, listed: FileIdentity): ByteSource {
  const chunks = (scratch?: Uint8Array) => readFile(path, listed, scratch);
  const { size, version } = listed;
  const stream = () => streamOf(chunks());
  return { size, chunks, stream, ...(version && { version }) };
}

function* readFile(
  path: string,
  listed: FileIdentity,
  scratch?: Uint8Array,
): Generator<Uint8Array, void, undefined> {
  const file = open(path);
  try {
    const opened = fstatSync(file);
    const { size } = opened;
    if (!isSame(opened, listed) || !opened.isFile()) {
      throw new LayerError(path, "it was replaced while it was packed");
    }
    if (size !== listed.size) throw changedSize(path, listed.size, size);
    let left = size;
    while (left > 0) {
      const chunk = scratch ?? new Uint8Array(Math.min(left, READ_SIZE));
      const room = Math.min(left, chunk.byteLength);
      const length = readSync(file, chunk, 0, room, null);
      if (length === 0) throw changedSize(path, size, size - left);
      left -= length;
      yield chunk.subarray(0, length);
    }
    if (readSync(file, new Uint8Array(1), 0, 1, null) > 0) {
      throw changedSize(path, size, fstatSync(file).size);
    }
  } catch (error) {
    throw readError(path, error);
  } finally {
    closeSync(file);
  }
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | NO_FOLLOW | NO_WAIT);
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOENT" && code !== "ELOOP") throw readError(path, error);
    const why = code === "ENOENT"
      ? "it vanished while it was packed"
      : "it was replaced by a symbolic link while it was packed";
    throw new LayerError(path, why, error);
  }
}

function changedSize(path: string, from: number, to: number): LayerError {
  return new LayerError(
    path,
    `it changed its size from ${from} to ${to} bytes while it was packed`,
  );
}
