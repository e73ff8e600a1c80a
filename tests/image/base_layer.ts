import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { streamOf } from "../../src/bytes/byte_source.ts";
import type { Layer, LayerEncoding } from "../../src/image/container_image.ts";
import { paxRecords, rawEntry, rawTar } from "../tar/read/raw_tar.ts";

/** A layer of a base, and what was read of it. */
export interface BaseLayer extends Layer {
  /** How often it was opened. */
  opened: number;
  /** How many bytes were taken. */
  taken: number;
}

/** Options of {@linkcode baseLayer}. */
export interface BaseLayerOptions {
  /** How the tar is compressed; of gzip in many members. */
  readonly encoding?: LayerEncoding;
  /** Bytes of a chunk. */
  readonly chunk?: number;
  /** Media type of the descriptor. */
  readonly mediaType?: string;
  /** What it fails with, when that many bytes were read. */
  readonly failure?: { readonly at: number; readonly error: unknown };
}

/** A layer as `pull` gives it: its bytes come in chunks, from elsewhere. */
export function baseLayer(
  tar: readonly Uint8Array[],
  { encoding = "none", chunk = 1000, mediaType, failure }: BaseLayerOptions =
    {},
): BaseLayer {
  const plain = Buffer.concat(tar);
  const bytes = new Uint8Array(compressed(plain, encoding));
  const digest = digestOf(bytes);
  const size = bytes.byteLength;
  async function* chunks() {
    layer.opened++;
    for (let at = 0;; at += chunk) {
      if (failure && at >= failure.at) throw failure.error;
      if (at >= size) return;
      await Promise.resolve();
      const part = bytes.subarray(at, at + chunk);
      layer.taken += part.byteLength;
      yield part;
    }
  }
  const layer: BaseLayer = {
    ...{ digest, diffId: digestOf(plain), size, encoding, createdBy: "" },
    ...(mediaType && { descriptor: { mediaType, digest, size } }),
    stream: () => streamOf(chunks()),
    chunks,
    opened: 0,
    taken: 0,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return layer;
}

function compressed(tar: Buffer, encoding: LayerEncoding): Uint8Array {
  if (encoding === "zstd") return zstdCompressSync(tar);
  if (encoding === "none") return tar;
  const half = tar.length >> 1;
  return Buffer.concat(
    [tar.subarray(0, half), tar.subarray(half)].map((part) => gzipSync(part)),
  );
}

function digestOf(bytes: Uint8Array): `sha256:${string}` {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** An entry of a tar, by what `ls -l` says of it. */
export interface BaseEntry {
  readonly type?: string;
  readonly mode?: string;
  readonly owner?: readonly [uid: number, gid: number];
  readonly target?: string;
  readonly pax?: Readonly<Record<string, string>>;
}

/** The tar of entries, with the names as they are given. */
export function baseTar(
  entries: readonly (readonly [name: string | Uint8Array, entry?: BaseEntry])[],
): Uint8Array[] {
  return rawTar(
    ...entries.flatMap(([name, { pax, ...entry } = {}]) => [
      ...(pax ? [rawEntry({ type: "x", name: "pax" }, paxRecords(pax))] : []),
      headerOf(name, entry),
    ]),
  );
}

function headerOf(name: string | Uint8Array, entry: BaseEntry): Uint8Array {
  const isDirectory = typeof name === "string" && name.endsWith("/");
  const { mode = "755", owner: [uid, gid] = [0, 0], target = "" } = entry;
  const type = entry.type ?? (isDirectory ? "5" : "0");
  const octal = (text: string) => `${text.padStart(7, "0")}\0`;
  return rawEntry({
    name,
    type,
    linkname: target,
    fields: {
      100: octal(mode),
      108: octal(uid.toString(8)),
      116: octal(gid.toString(8)),
    },
  }, type === "0" ? "content" : "");
}
