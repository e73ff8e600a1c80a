import { ByteReader } from "../bytes/byte_reader.ts";
import { type ByteSource, chunksOf, streamOf } from "../bytes/byte_source.ts";
import { partOf } from "../bytes/part_of.ts";
import { turn } from "../bytes/turn.ts";
import { decompress } from "../compression/decompress/decompress.ts";
import { encodingOf, HEAD_SIZE } from "../compression/decompress/encoding.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import { readTar } from "../tar/read/read_tar.ts";
import type { SeekableSource } from "../tar/read/tar_bytes.ts";
import { parentOf } from "../tar/layer_path.ts";
import type { TarEntry } from "../tar/read/tar_entry.ts";
import {
  type ArchiveFiles,
  refusalOf,
  type RefuseArchive,
} from "./archive_files.ts";

/** Options of {@linkcode TarFiles}. */
export interface TarFilesOptions {
  /** The place as people write it, for messages. */
  readonly name: string;
}

/** Something of a tar that has a name. */
type Found =
  | { readonly kind: "file"; readonly offset: number; readonly size: number }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "refused"; readonly why: string };

/** A tar of which the headers have been read. */
interface Tar {
  /** The tar, not compressed. */
  readonly bytes: ByteSource;
  readonly found: ReadonlyMap<string, Found>;
}

/** Links lead to links as often as this. */
const MAX_LINKS = 40;

/**
 * What the names of a tar may take up, in characters, each name with this many
 * for what is known of it. Archives of images have hundreds of entries.
 */
const MAX_NAMES = 1 << 24;
const NAME_COST = 100;

/**
 * The files of a tar, compressed or not. Its headers are read once, when the
 * first file is asked for; content is read where it is. A compressed tar is
 * read through from its start for each file, and never stored. Links are
 * followed within the tar alone.
 */
export class TarFiles implements ArchiveFiles {
  readonly #source: ByteSource | (() => Promise<ByteSource>);
  readonly #refuse: RefuseArchive;
  #tar: Promise<Tar> | undefined;

  /**
   * The files of one tar.
   *
   * @param source The tar, or what gets it when it is first asked for.
   * @param options Its name.
   */
  constructor(
    source: ByteSource | (() => Promise<ByteSource>),
    { name }: TarFilesOptions,
  ) {
    this.#source = source;
    this.#refuse = refusalOf(name);
  }

  /**
   * Opens a file.
   *
   * @returns `undefined` where there is none.
   * @throws {ScratchbuildError} Code `ARCHIVE` where the tar cannot be read, or
   * has the path twice, or it leads elsewhere.
   */
  async open(path: string): Promise<ByteSource | undefined> {
    const { bytes, found } = await this.#open();
    let at = path;
    for (let links = 0; links <= MAX_LINKS; links++) {
      const entry = found.get(at);
      if (!entry) return undefined;
      if (entry.kind === "refused") {
        throw this.#refuse(`its ${printable(at)} ${entry.why}`);
      }
      if (entry.kind === "file") {
        return this.#part(bytes, entry.offset, entry.size);
      }
      at = entry.target;
    }
    throw this.#refuse(`the links at ${printable(path)} lead in a circle`);
  }

  /** Lists the paths of its files, in the order of the tar. */
  async paths(): Promise<string[]> {
    const { found } = await this.#open();
    return [...found].flatMap(([path, { kind }]) =>
      kind === "file" ? path : []
    );
  }

  #open(): Promise<Tar> {
    return this.#tar ??= this.#index();
  }

  async #index(): Promise<Tar> {
    const get = this.#source;
    const source = typeof get === "function" ? await get() : get;
    const found = new Map<string, Found>();
    try {
      const reader = new ByteReader(chunksOf(source));
      const encoding = encodingOf(await reader.take(HEAD_SIZE));
      await reader.end();
      const bytes = encoding === "none" ? source : decompressed(source);
      let room = MAX_NAMES;
      let count = 0;
      for await (
        const entry of readTar(isSeekable(bytes) ? bytes : chunksOf(bytes))
      ) {
        room -= NAME_COST + entry.path.length + entry.target.length;
        if (room < 0) {
          throw this.#refuse(
            "it has more entries than archives of images have",
          );
        }
        this.#take(entry, found);
        if (++count % 64 === 0) await turn();
      }
      return { bytes, found };
    } catch (error) {
      throw archiveError(error, this.#refuse);
    }
  }

  #take(entry: TarEntry, found: Map<string, Found>): void {
    const { type, path } = entry;
    const name = pathInside("", path);
    if (name === undefined) {
      throw this.#refuse(
        `the path of its entry ${quoted(path)} leads out of it`,
      );
    }
    // Nothing can ask for a name that is no text, nor for a directory.
    if (type === "directory" || type === "other" || entry.rawPath) return;
    found.set(
      name,
      found.has(name)
        ? { kind: "refused", why: "is there twice" }
        : foundOf(entry, name),
    );
  }

  #part(bytes: ByteSource, offset: number, size: number): ByteSource {
    const refuse = this.#refuse;
    const part = (from: number, to: number): ByteSource => {
      async function* chunks() {
        try {
          yield* chunksOf(partOf(bytes, offset + from, offset + to));
        } catch (error) {
          throw archiveError(error, refuse);
        }
      }
      return {
        size: to - from,
        chunks,
        stream: () => streamOf(chunks()),
        slice: (start, end) => part(from + start, from + end),
      };
    };
    return part(0, size);
  }
}

function foundOf(
  { type, target, rawTarget, offset, size }: TarEntry,
  name: string,
): Found {
  switch (type) {
    case "file":
      return offset === undefined
        ? { kind: "refused", why: "is a sparse file" }
        : { kind: "file", offset, size };
    case "symlink":
    case "hardlink": {
      const from = type === "symlink" ? parentOf(name) : "";
      const inside = rawTarget ? undefined : pathInside(from, target);
      return inside === undefined
        ? { kind: "refused", why: `is a link that leads out of it` }
        : { kind: "link", target: inside };
    }
    default:
      return { kind: "refused", why: "is no file" };
  }
}

/**
 * The path of a name in a directory, without `.` and `..`.
 *
 * @returns `undefined` where it leads out of the archive.
 */
function pathInside(directory: string, name: string): string | undefined {
  if (/^\//.test(name) || name.includes("\0")) return undefined;
  const parts = directory === "" ? [] : directory.split("/");
  const isName = directory === "";
  for (const part of name.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (isName || parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** The bytes behind the compression. How many there are is not known. */
function decompressed(source: ByteSource): ByteSource {
  const stream = () => decompress(streamOf(chunksOf(source)));
  return { size: Infinity, stream };
}

function isSeekable(source: ByteSource): source is SeekableSource {
  return source.slice !== undefined;
}

/** What is wrong with the tar or its compression is wrong with the archive. */
function archiveError(error: unknown, refuse: RefuseArchive): unknown {
  if (!(error instanceof ScratchbuildError)) return error;
  if (error.code !== "TAR" && error.code !== "COMPRESSION") return error;
  const why = error.message.replace(/^Cannot [^:]*: /, "");
  return refuse(why, error);
}

function quoted(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
