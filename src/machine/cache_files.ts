import type { Buffer } from "node:buffer";
import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Bytes of the checksum that a file begins with. */
const CHECKSUM_SIZE = 32;

/** Milliseconds for which it need not be noted again that a file was used. */
const NOTED_FOR = 60_000;

/** Milliseconds after which what a killed process left behind is nobody's. */
const ABANDONED = 60 * 60 * 1000;

const OWN_NAME = /^[0-9a-f]{64}$/;

/**
 * Files of a cache, by keys that are 64 hexadecimal digits. Each begins with the
 * checksum of what it holds, so that one that is damaged counts as missing, and
 * comes into being whole. That something fails is never an error.
 */
export class CacheFiles {
  readonly #directory: string;
  #written = 0;

  /** @param directory Where they are; it comes into being when it is needed. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Bytes that were written so far. */
  get written(): number {
    return this.#written;
  }

  /** What a file holds; nothing where it is missing or damaged. */
  load(key: string): Uint8Array | undefined {
    const path = this.#pathOf(key);
    let file: Uint8Array;
    try {
      file = readFileSync(path);
    } catch {
      return undefined;
    }
    const bytes = file.subarray(CHECKSUM_SIZE);
    const isWhole = file.byteLength >= CHECKSUM_SIZE &&
      checksum(bytes).equals(file.subarray(0, CHECKSUM_SIZE));
    attempt(() => isWhole ? noteUse(path) : rmSync(path, { force: true }));
    return isWhole ? bytes : undefined;
  }

  /** Writes a file, unless that fails. */
  save(key: string, bytes: Uint8Array): void {
    const path = this.#pathOf(key);
    const temporary = `${path}.${randomUUID()}`;
    const write = () => writeParts(temporary, [checksum(bytes), bytes]);
    attempt(() => {
      try {
        write();
      } catch {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        write();
      }
      renameSync(temporary, path);
      this.#written += bytes.byteLength + CHECKSUM_SIZE;
    }, () => rmSync(temporary, { force: true }));
  }

  /**
   * Removes what was not used for longest, until all files together have no more
   * than some bytes, and what killed processes left behind.
   */
  shrink(limit: number): void {
    const files = this.#list();
    const now = Date.now();
    let size = 0;
    // The newest first: they stay, as long as there is room.
    files.sort((a, b) => b.mtimeMs - a.mtimeMs);
    for (const file of files) {
      const { path, isOwn, mtimeMs } = file;
      if (isOwn) size += file.size;
      const isUseless = isOwn ? size > limit : now - mtimeMs > ABANDONED;
      if (isUseless) attempt(() => rmSync(path, { force: true }));
    }
  }

  #list() {
    const names = (path: string) => attempt(() => readdirSync(path)) ?? [];
    return names(this.#directory).flatMap((part) =>
      names(join(this.#directory, part)).flatMap((name) => {
        const path = join(this.#directory, part, name);
        const stats = attempt(() => statSync(path));
        if (!stats) return [];
        const { size, mtimeMs } = stats;
        return [{ path, size, mtimeMs, isOwn: OWN_NAME.test(name) }];
      })
    );
  }

  #pathOf(key: string): string {
    return join(this.#directory, key.slice(0, 2), key);
  }
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function noteUse(path: string): void {
  const now = Date.now();
  if (now - statSync(path).mtimeMs < NOTED_FOR) return;
  utimesSync(path, now / 1000, now / 1000);
}

/** Writes a new file. The parts are not copied: there may be much of them. */
function writeParts(path: string, parts: readonly Uint8Array[]): void {
  const file = openSync(path, "wx", 0o600);
  try {
    for (const part of parts) {
      for (let offset = 0; offset < part.byteLength;) {
        offset += writeSync(file, part, offset);
      }
    }
  } finally {
    closeSync(file);
  }
}

/** A cache is worth no failure. */
function attempt<T>(run: () => T, undo: () => void = () => {}): T | undefined {
  try {
    return run();
  } catch {
    try {
      undo();
    } catch {
      // It stays until it is old.
    }
    return undefined;
  }
}
