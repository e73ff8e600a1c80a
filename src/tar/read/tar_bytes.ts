import { ByteReader } from "../../bytes/byte_reader.ts";
import { TarError } from "./tar_error.ts";

/** The bytes of a tar that is being read. */
export class TarBytes extends ByteReader {
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
    let left = length;
    while (left > 0) left -= (await this.some(left)).byteLength;
  }
}
