import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ScratchbuildError } from "../spec/error.ts";
import { removeOnExit } from "./cleanup.ts";
import { errorCode, errorMeaning } from "./system_error.ts";

/**
 * A file in the temporary directory that loses its name as soon as it is open,
 * so that the system removes it however the process ends; where an open file
 * cannot lose its name, it is removed when it is closed, or on exit.
 */
export class TemporaryFile {
  readonly #directory: string = tmpdir();
  readonly #descriptor: number;
  readonly #remove: () => void;
  #isOpen = true;

  /**
   * Makes the file, which nobody else can read.
   *
   * @throws {ScratchbuildError} Code `LAYER` where there can be none.
   */
  constructor() {
    const path = join(this.#directory, `scratchbuild-${randomUUID()}`);
    this.#descriptor = this.#attempt(() => openSync(path, "wx+", 0o600));
    let remove = () => {};
    try {
      rmSync(path);
    } catch {
      remove = removeOnExit(path);
    }
    this.#remove = remove;
  }

  /**
   * Adds bytes.
   *
   * @throws {ScratchbuildError} Code `LAYER` where the disk does not take them.
   */
  write(bytes: Uint8Array): void {
    // One call may take fewer, as on a disk that is almost full.
    for (let offset = 0; offset < bytes.byteLength;) {
      offset += this.#attempt(() => writeSync(this.#descriptor, bytes, offset));
    }
  }

  /**
   * Reads bytes from a position on, so that several readers do not disturb each
   * other.
   *
   * @returns As many as the buffer takes, or fewer.
   * @throws {ScratchbuildError} Code `LAYER` where the file was closed, whose
   * number may be that of another file by now, or ends before the position.
   */
  read(buffer: Uint8Array, position: number): Uint8Array {
    const length = this.#isOpen
      ? readSync(this.#descriptor, buffer, 0, buffer.byteLength, position)
      : 0;
    if (length > 0) return buffer.subarray(0, length);
    const why = this.#isOpen
      ? "its temporary file is shorter than what was written"
      : "it has been disposed of";
    throw new ScratchbuildError(`Cannot read a layer: ${why}`, {
      code: "LAYER",
    });
  }

  /** Gives the space back. May be called twice. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#descriptor);
    this.#remove();
  }

  #attempt<T>(run: () => T): T {
    try {
      return run();
    } catch (cause) {
      const next = errorCode(cause) === "ENOSPC"
        ? "free some, or set TMPDIR to a directory on another disk"
        : "set TMPDIR to a directory that can be written";
      throw new ScratchbuildError(
        `Cannot keep a layer in ${this.#directory}: ` +
          `${errorMeaning(cause)}; ${next}`,
        { code: "LAYER", cause },
      );
    }
  }
}
