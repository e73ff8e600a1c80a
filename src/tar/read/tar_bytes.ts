import { ByteReader } from "../../bytes/byte_reader.ts";
import { type ByteSource, chunksOf } from "../../bytes/byte_source.ts";
import { TarError } from "./tar_error.ts";

/** Bytes that can be opened in the middle. */
export type SeekableSource = ByteSource & Required<Pick<ByteSource, "slice">>;

/** What is shorter is read through, which is faster than opening anew. */
const SHORTEST_JUMP = 1 << 19;

/** The bytes of a tar that is being read. */
export class TarBytes extends ByteReader {
  readonly #source: SeekableSource | undefined;

  /** @param tar The bytes, from the first one. */
  constructor(
    tar: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | SeekableSource,
  ) {
    const source = "slice" in tar && "stream" in tar ? tar : undefined;
    super(
      source
        ? chunksOf(source)
        : tar as AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    );
    this.#source = source;
  }

  /**
   * Takes some bytes, whatever can be had at once.
   *
   * @param most Not more than so many.
   * @throws {TarError} Where the tar ends.
   */
  override async some(most: number): Promise<Uint8Array> {
    const bytes = await super.some(most);
    if (bytes.byteLength > 0) return bytes;
    throw new TarError("it is cut off", this.position);
  }

  /**
   * Passes over bytes.
   *
   * @throws {TarError} Where the tar ends before.
   */
  async skip(length: number): Promise<void> {
    const source = this.#source;
    if (source && length >= SHORTEST_JUMP) {
      const position = this.position + length;
      if (position > source.size) {
        throw new TarError("it is cut off", source.size);
      }
      const rest = source.slice(position, source.size);
      return await this.continueWith(chunksOf(rest), position);
    }
    let left = length;
    while (left > 0) left -= (await this.some(left)).byteLength;
  }
}
