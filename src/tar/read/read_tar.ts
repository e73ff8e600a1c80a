import { padded, RECORD_SIZE } from "../header.ts";
import { entryOf } from "./entry_of.ts";
import type { Extensions } from "./extensions.ts";
import { addGlobalRecords } from "./global_records.ts";
import { type HeaderBlock, headerBlock } from "./header_block.ts";
import { paxHeader, type PaxRecords } from "./pax_header.ts";
import { sparseContent, type SparseFile, sparseFile } from "./sparse_file.ts";
import { type SeekableSource, TarBytes } from "./tar_bytes.ts";
import type { TarEntry } from "./tar_entry.ts";
import { TarError } from "./tar_error.ts";
import { upToNul } from "./tar_text.ts";

/** Types of headers that say something of the entries behind them. */
const EXTENSIONS: ReadonlySet<string> = new Set("xXgLK");

/** Most bytes of one such header, and of all those before one entry. */
const MAX_EXTENSION = 1 << 20;
const MAX_EXTENSIONS = 1 << 22;

/**
 * Reads a tar, entry by entry: v7, ustar, pax and GNU, with long names, large
 * numbers and sparse files. Content flows; headers that hold more than they
 * may are refused, so memory stays flat.
 *
 * Two records of zeros end a tar. What follows them is not read: the chunks are
 * ended there (`return`), as they are when the reading is left early.
 *
 * @param tar The tar, not compressed, in chunks of any size. Of a source that
 * can be opened in the middle, content that nobody reads is not read.
 * @throws {TarError} Where the bytes are no tar, or one that is cut off or
 * malformed.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13}
 * @see {@link https://www.gnu.org/software/tar/manual/html_node/Standard.html}
 *
 * @example
 * ```ts
 * import { readTar } from "@x/scratchbuild/core";
 *
 * for await (const { path, size } of readTar([new Uint8Array(1024)])) {
 *   console.log(path, size);
 * }
 * ```
 */
export async function* readTar(
  tar: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | SeekableSource,
): AsyncGenerator<TarEntry, void, undefined> {
  const bytes = new TarBytes(tar);
  let global: PaxRecords = new Map();
  try {
    while (true) {
      let own: PaxRecords = new Map();
      let names: Omit<Extensions, "pax"> = {};
      let left = MAX_EXTENSIONS;
      let isAboutAll = true;
      let header = await nextHeader(bytes);
      while (header && EXTENSIONS.has(header.flag)) {
        const content = await extension(header, left, bytes);
        left -= RECORD_SIZE + content.byteLength;
        isAboutAll &&= header.flag === "g";
        if (header.flag === "L") {
          names = { ...names, longName: upToNul(content) };
        } else if (header.flag === "K") {
          names = { ...names, longLink: upToNul(content) };
        } else {
          const records = paxHeader(content, header.offset);
          if (header.flag === "g") {
            global = addGlobalRecords(global, records, header.offset);
          } else {
            own = records;
          }
        }
        header = await nextHeader(bytes);
      }
      if (!header) {
        if (isAboutAll) return;
        throw new TarError("it is cut off", bytes.position);
      }
      const pax = own.size === 0 ? global : new Map([...global, ...own]);
      yield* entry(header, { ...names, pax }, bytes);
    }
  } finally {
    await bytes.end();
  }
}

/** Reads the header of an entry, hands it out, and passes over its content. */
async function* entry(
  header: HeaderBlock,
  extensions: Extensions,
  bytes: TarBytes,
): AsyncGenerator<TarEntry, void, undefined> {
  const described = entryOf(header, extensions);
  const stored = described.size;
  // The map of an old sparse file stands before what its size counts.
  const sparse = described.type === "file"
    ? await sparseFile(header, stored, extensions.pax, bytes)
    : undefined;
  const end = bytes.position - (sparse?.mapSize ?? 0) + stored;
  let isCurrent = true;
  const body = content(bytes, end, sparse, () => isCurrent);
  yield {
    ...described,
    size: sparse?.size ?? stored,
    ...(sparse ? {} : { offset: bytes.position }),
    body,
  };
  isCurrent = false;
  await bytes.skip(end - bytes.position);
  // The padding of the last entry may be missing, as it is in old archives.
  await bytes.take(padded(stored) - stored);
}

async function* content(
  bytes: TarBytes,
  end: number,
  sparse: SparseFile | undefined,
  isCurrent: () => boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  const check = () => {
    if (isCurrent()) return;
    throw new TypeError("the content of a tar entry is read too late");
  };
  check();
  const chunks = sparse
    ? sparseContent(sparse, bytes)
    : storedContent(bytes, end);
  for await (const chunk of chunks) {
    yield chunk;
    check();
  }
}

async function* storedContent(
  bytes: TarBytes,
  end: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  while (bytes.position < end) yield await bytes.some(end - bytes.position);
}

/** The next header; nothing at the end of the tar. */
async function nextHeader(bytes: TarBytes): Promise<HeaderBlock | undefined> {
  const offset = bytes.position;
  const block = await bytes.take(RECORD_SIZE);
  if (block.byteLength === 0) return undefined;
  if (block.byteLength < RECORD_SIZE) {
    throw new TarError(
      offset === 0 ? "it is no tar" : "it is cut off",
      bytes.position,
    );
  }
  if (!isZero(block)) return headerBlock(block, offset);
  const second = await bytes.take(RECORD_SIZE);
  if (isZero(second)) return undefined;
  throw new TarError("a record of zeros stands between entries", offset);
}

/** The content of a header that says something of the entries behind it. */
async function extension(
  { size, offset }: HeaderBlock,
  left: number,
  bytes: TarBytes,
): Promise<Uint8Array> {
  if (size > MAX_EXTENSION || size + RECORD_SIZE > left) {
    throw new TarError(
      "the headers before an entry hold more than any entry needs",
      offset,
    );
  }
  const content = await bytes.take(size);
  if (content.byteLength < size) {
    throw new TarError("it is cut off", bytes.position);
  }
  await bytes.take(padded(size) - size);
  // It outlives the chunk that it is a part of, which others may reuse.
  return content.slice();
}

function isZero(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}
