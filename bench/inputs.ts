import {
  closeSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bytes that are the same each time (xorshift32). */
function* random(seed: number): Generator<number, never> {
  for (let state = seed;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

/** Text of a small vocabulary, with stretches that do not compress. */
export function mixedBytes(size: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const numbers = random(seed);
  const words = Array.from(
    { length: 2000 },
    () => numbers.next().value.toString(36),
  );
  const encoder = new TextEncoder();
  for (let offset = 0; offset < size;) {
    const number = numbers.next().value;
    const word = words[number % words.length] ?? "";
    const { written } = encoder.encodeInto(`${word} `, bytes.subarray(offset));
    offset += Math.max(written, 1);
    if (number % 64 === 0) {
      const end = Math.min(offset + 128, size);
      while (offset < end) bytes[offset++] = numbers.next().value;
    }
  }
  return bytes;
}

/** What {@linkcode copyExecutables} copied. */
export interface Copied {
  /** How many files. */
  readonly files: number;
  /** Bytes of all of them. */
  readonly bytes: number;
}

/** Where programs and libraries are. */
const PROGRAM_DIRECTORIES = ["/usr/bin", "/usr/lib", "/usr/sbin"];

/**
 * Copies programs and libraries of the machine, in the order of their paths,
 * each that still fits, until there are so many bytes of them. On one machine
 * they are the same each time.
 *
 * @param spread Directories in it that get one after the other in turn.
 */
export function copyExecutables(
  directory: string,
  size: number,
  spread: readonly string[] = [""],
): Copied {
  let files = 0;
  let bytes = 0;
  for (const path of PROGRAM_DIRECTORIES.flatMap(executablesBelow).sort()) {
    const { size: more } = lstatSync(path);
    if (bytes + more > size) continue;
    const copy = join(directory, spread[files % spread.length] ?? "", path);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(path, copy);
    files++;
    bytes += more;
  }
  return { files, bytes };
}

function executablesBelow(directory: string): string[] {
  const entries =
    attempt(() => readdirSync(directory, { withFileTypes: true })) ?? [];
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return executablesBelow(path);
    return entry.isFile() && isElf(path) ? [path] : [];
  });
}

function isElf(path: string): boolean {
  const magic = attempt(() => {
    const file = openSync(path, "r");
    try {
      const bytes = new Uint8Array(4);
      readSync(file, bytes, 0, 4, 0);
      return new TextDecoder().decode(bytes);
    } finally {
      closeSync(file);
    }
  });
  return magic === "\x7fELF";
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** Where sources and texts are. */
const TEXT_DIRECTORIES = ["/usr/include", "/usr/lib", "/usr/share"];

/** What the names of sources and texts end with. */
const TEXT_NAME = /\.(?:c|go|h|html|js|json|md|pl|pm|py|ts|txt)$/;

/** More bytes than a file has that somebody wrote. */
const MOST_TEXT = 256 * KIB;

/**
 * Writes many small files, of 200 to 16,600 bytes, cut out of the sources and
 * texts of the machine in the order of their paths. On one machine they are the
 * same each time.
 */
export function writeSmallFiles(directory: string, count: number): Copied {
  const numbers = random(11);
  const texts = piecesOf(TEXT_DIRECTORIES.flatMap(textsBelow).sort());
  let bytes = 0;
  for (let index = 0; index < count; index++) {
    const folder = join(directory, `${index % 40}`, `${index % 600}`);
    if (index < 600) mkdirSync(folder, { recursive: true });
    const piece = texts(200 + numbers.next().value % 16_400);
    writeFileSync(join(folder, `${index}.txt`), piece);
    bytes += piece.length;
  }
  return { files: count, bytes };
}

function textsBelow(directory: string): string[] {
  const entries =
    attempt(() => readdirSync(directory, { withFileTypes: true })) ?? [];
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return textsBelow(path);
    return entry.isFile() && TEXT_NAME.test(entry.name) ? [path] : [];
  });
}

/** Cuts pieces out of files, one after the other, and again from the first. */
function piecesOf(paths: readonly string[]): (size: number) => Uint8Array {
  let next = 0;
  let rest: Uint8Array = new Uint8Array();
  return (size) => {
    const piece = new Uint8Array(size);
    for (let filled = 0; filled < size;) {
      if (rest.length === 0) {
        const path = paths[next++ % paths.length];
        const text = attempt(() => readFileSync(path ?? ""));
        // A machine without any still has some of everything else.
        rest = text && text.length > 0 && text.length <= MOST_TEXT
          ? text
          : next > paths.length
          ? mixedBytes(MOST_TEXT, next)
          : rest;
        continue;
      }
      const part = rest.subarray(0, size - filled);
      piece.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
    }
    return piece;
  };
}

/** Writes one large file, of which no two stretches are the same. */
export function writeLargeFile(path: string, size: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const block = mixedBytes(16 * MIB, 3);
  const view = new DataView(block.buffer);
  const file = openSync(path, "w");
  try {
    for (let written = 0; written < size; written += block.length) {
      for (let offset = 0; offset < block.length; offset += 4 * KIB) {
        view.setUint32(offset, written / 4 / KIB + offset / 4 / KIB);
      }
      const rest = Math.min(block.length, size - written);
      writeSync(file, block.subarray(0, rest));
    }
  } finally {
    closeSync(file);
  }
}
