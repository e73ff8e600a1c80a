import type { ArchiveFiles } from "../../src/archive/archive_files.ts";
import {
  ImageArchive,
  type ImageArchiveOptions,
} from "../../src/archive/image_archive.ts";
import {
  bytesSource,
  chunksOf,
  iterateStream,
} from "../../src/bytes/byte_source.ts";
import { concat } from "../../src/bytes/concat.ts";
import { contentsOf, type Publishable } from "../../src/image/publishable.ts";
import { readTar } from "../../src/tar/read/read_tar.ts";
import type { ImageSource } from "../../src/target/image_source.ts";
import { readPublishable } from "../../src/transfer/read_publishable.ts";

/** An entry of a tar that need not be a good one. */
export interface RawEntry {
  readonly name: string;
  /** Character of the type, that of a file unless told. */
  readonly type?: string;
  readonly target?: string;
  readonly content?: Uint8Array | string;
  /** What the header says of the length of the content. */
  readonly size?: number;
}

const encoder = new TextEncoder();

/** Writes a tar, as bad as it is asked for. */
export function rawTar(entries: readonly RawEntry[]): Uint8Array<ArrayBuffer> {
  const parts = entries.flatMap((entry) => {
    const { content = "" } = entry;
    const body = typeof content === "string"
      ? encoder.encode(content)
      : content;
    const padding = (512 - body.byteLength % 512) % 512;
    return [header(entry, body.byteLength), body, new Uint8Array(padding)];
  });
  return new Uint8Array(concat([...parts, new Uint8Array(1024)]));
}

function header(
  { name, type = "0", target = "", size }: RawEntry,
  length: number,
): Uint8Array {
  const block = new Uint8Array(512);
  const text = (offset: number, value: string) =>
    block.set(encoder.encode(value), offset);
  text(0, name);
  text(100, ["0000644", "0000000", "0000000", ""].join("\0"));
  text(124, `${(size ?? length).toString(8).padStart(11, "0")}\0`);
  text(136, "00000000000\0");
  text(148, " ".repeat(8));
  text(156, type);
  text(157, target);
  text(257, "ustar\x0000");
  const sum = block.reduce((sum, byte) => sum + byte, 0);
  text(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

/** The files of an archive, to be changed and written anew. */
export type Files = Map<string, Uint8Array>;

/** What the tar of an image holds. */
export async function filesOf(
  image: Publishable,
  options: Partial<ImageArchiveOptions> = {},
): Promise<Files> {
  return await unpacked(await archiveOf(image, options));
}

/** The tar of an image. */
export async function archiveOf(
  image: Publishable,
  options: Partial<ImageArchiveOptions> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array();
  const target = new ImageArchive(async (stream) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of iterateStream(stream)) chunks.push(chunk.slice());
    bytes = new Uint8Array(concat(chunks));
  }, { name: "image.tar", ...options });
  await target.write(image);
  return bytes;
}

/** The files of a tar. */
export async function unpacked(tar: Uint8Array): Promise<Files> {
  const files: Files = new Map();
  for await (const { path, type, body } of readTar([tar])) {
    if (type !== "file") continue;
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk.slice());
    files.set(path, concat(chunks));
  }
  return files;
}

/** A tar of files. */
export function packedFiles(files: Files): Uint8Array<ArrayBuffer> {
  return rawTar([...files].map(([name, content]) => ({ name, content })));
}

/** Files in memory, as they are read. */
export function inMemory(files: Files): ArchiveFiles {
  return {
    open: (path) => {
      const bytes = files.get(path);
      return Promise.resolve(bytes && bytesSource(bytes));
    },
  };
}

/** The value of a JSON document. */
export function jsonOf<T>(files: Files, path: string): T {
  return JSON.parse(new TextDecoder().decode(files.get(path))) as T;
}

/** Puts a JSON document among files. */
export function setJson(files: Files, path: string, value: unknown): Files {
  return files.set(path, encoder.encode(JSON.stringify(value)));
}

/** Reads something with all its blobs; its digest. */
export async function readThrough(
  source: ImageSource,
  name?: string,
): Promise<string> {
  const found = await readPublishable(source, {
    ...(name !== undefined && { name }),
  });
  for (const { source } of contentsOf(found).blobs) {
    for await (const chunk of chunksOf(source)) void chunk;
  }
  return found.manifest.descriptor.digest;
}
