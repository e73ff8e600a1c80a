import { ScratchbuildError } from "../../spec/error.ts";

/** A tar cannot be read. The code is `TAR`. */
export class TarError extends ScratchbuildError {
  /** Name of the class. */
  override readonly name: string = "TarError";

  /** Offset of the header or the bytes that are wrong, from the start. */
  readonly offset: number;

  /**
   * An error about the bytes of a tar.
   *
   * @param why What is wrong.
   * @param offset Where, in bytes from the start of the tar.
   */
  constructor(why: string, offset: number) {
    super(`Cannot read the tar: ${why} (at byte ${offset})`, { code: "TAR" });
    this.offset = offset;
  }
}
