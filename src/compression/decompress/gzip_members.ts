import { concat } from "../../bytes/concat.ts";
import { crc32 } from "./crc32.ts";

/** Bytes at the end of a member: checksum and length. */
const TRAILER = 8;

/** Bytes that are kept of the input: the end of a member is in them. */
const KEPT = 1 << 13;

/**
 * Compares the members of gzip with the checksums at their ends.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1}
 */
export class GzipMembers {
  #checksum = 0;
  #length = 0;
  #kept: Uint8Array = new Uint8Array();
  /** Offset behind what is kept. */
  #offset = 0;

  /** Takes note of input that the decoder is given next. */
  take(bytes: Uint8Array): Uint8Array {
    this.#kept = concat([this.#kept, bytes]).slice(-KEPT);
    this.#offset += bytes.byteLength;
    return bytes;
  }

  /** Takes note of content. */
  add(content: Uint8Array): void {
    this.#checksum = crc32(content, this.#checksum);
    this.#length += content.byteLength;
  }

  /** Whether what was taken ends with the end of a member. */
  isComplete(): boolean {
    return this.#isEnd(this.#kept.subarray(-TRAILER));
  }

  /**
   * Begins the next member.
   *
   * @param offset Where it is in the input.
   * @throws Where the one before is damaged.
   */
  next(offset: number): void {
    const end = this.#kept.byteLength - (this.#offset - offset);
    // The header of the next one may be too long to know.
    if (
      end >= TRAILER && !this.#isEnd(this.#kept.subarray(end - TRAILER, end))
    ) throw new Error("the checksum of a member is not that of its content");
    this.#checksum = 0;
    this.#length = 0;
  }

  #isEnd(trailer: Uint8Array): boolean {
    if (trailer.byteLength < TRAILER) return false;
    const view = new DataView(trailer.buffer, trailer.byteOffset, TRAILER);
    return view.getUint32(0, true) === this.#checksum &&
      view.getUint32(4, true) === this.#length % 2 ** 32;
  }
}
