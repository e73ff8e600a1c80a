import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { iterateStream, streamOf } from "../bytes/byte_source.ts";
import type { SpooledBytes } from "../bytes/spool.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { removeOnExit } from "./cleanup.ts";
import { errorCode, errorMeaning } from "./read_error.ts";

const READ_SIZE = 1 << 18;

/** Closes the file of a spool that nobody disposed of. */
const forgotten = new FinalizationRegistry<() => void>((close) => close());

/**
 * Keeps bytes in a temporary file. The file loses its name as soon as it is
 * open, so that the system removes it however the process ends; where an open
 * file cannot lose its name, it is removed on disposal or on exit.
 *
 * @throws {ScratchbuildError} Code `LAYER` where the disk does not take them.
 */
export async function fileSpool(
  stream: ReadableStream<Uint8Array>,
): Promise<SpooledBytes> {
  const path = join(tmpdir(), `scratchbuild-${randomUUID()}`);
  const file = open(path);
  const close = once(() => {
    closeSync(file.descriptor);
    file.remove();
  });
  let size = 0;
  try {
    for await (const chunk of iterateStream(stream)) {
      writeAll(file.descriptor, chunk);
      size += chunk.byteLength;
    }
  } catch (error) {
    close();
    throw errorCode(error) === undefined || error instanceof ScratchbuildError
      ? error
      : storeError(error);
  }
  const chunks = () => read(file.descriptor, bytes);
  const bytes: SpooledBytes = {
    size,
    chunks,
    stream: () => streamOf(chunks()),
    [Symbol.asyncDispose]: () => {
      forgotten.unregister(bytes);
      close();
      return Promise.resolve();
    },
  };
  forgotten.register(bytes, close, bytes);
  return bytes;
}

function open(path: string): { descriptor: number; remove: () => void } {
  let descriptor: number;
  try {
    descriptor = openSync(path, "wx+", 0o600);
  } catch (error) {
    throw storeError(error);
  }
  try {
    rmSync(path);
    return { descriptor, remove: () => {} };
  } catch {
    return { descriptor, remove: removeOnExit(path) };
  }
}

/** Writes all bytes; one call may take fewer, as on a disk that is almost full. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.byteLength;) {
    offset += writeSync(descriptor, bytes, offset);
  }
}

/**
 * Reads from the first byte, at positions of its own, so that several readers
 * do not disturb each other. It holds on to the spooled bytes, because the file
 * is closed once nobody does.
 */
function* read(
  descriptor: number,
  spooled: SpooledBytes,
): Generator<Uint8Array, void, undefined> {
  let position = 0;
  while (position < spooled.size) {
    const chunk = new Uint8Array(Math.min(READ_SIZE, spooled.size - position));
    const length = readSync(descriptor, chunk, 0, chunk.byteLength, position);
    if (length === 0) {
      throw new ScratchbuildError(
        "Cannot read a layer back from its temporary file: the file is shorter than what was written",
        { code: "LAYER" },
      );
    }
    position += length;
    yield chunk.subarray(0, length);
  }
}

function storeError(cause: unknown): ScratchbuildError {
  const why = errorCode(cause) === "ENOSPC"
    ? "no space is left; free some or set TMPDIR to a directory on another disk"
    : `${errorMeaning(cause)}; set TMPDIR to a directory that can be written`;
  return new ScratchbuildError(
    `Cannot keep a layer in ${tmpdir()}: ${why}`,
    { code: "LAYER", cause },
  );
}

function once(run: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    run();
  };
}
