import { Buffer } from "node:buffer";
import process from "node:process";
import { decodeUtf8, escapeBytes } from "../../bytes/escape_bytes.ts";
import { printable } from "../../spec/printable.ts";
import { LayerError } from "../../tar/layer_error.ts";
import { errorMeaning } from "../system_error.ts";
import { askAbout, ProgramUnavailable } from "./ask_about.ts";
import type { DirectoryOptions } from "./directory.ts";
import { parseGetfattr, type Xattrs } from "./parse_getfattr.ts";

/** Options of an {@linkcode XattrReader}. */
export type XattrOptions = Pick<DirectoryOptions, "xattrs" | "onWarning">;

/** Those attributes that mean something in an image, and no link followed. */
const OPTIONS = [
  "--absolute-names",
  "--no-dereference",
  "--dump",
  "--encoding=hex",
  "--match=^(security\\.capability|user\\.)",
];

/** Not what a file has, but that it is gone, or that its disk has none. */
const HARMLESS =
  /: (No such file or directory|Operation not supported|Function not implemented)$/;

/** Reads the extended attributes of the files of one tree. */
export class XattrReader {
  readonly #root: string;
  readonly #isRequired: boolean;
  readonly #onWarning: DirectoryOptions["onWarning"];
  #isOn: boolean;

  /**
   * A reader that has not read anything yet.
   *
   * @param root The tree, for messages.
   * @param options What is to be read.
   * @throws {LayerError} Where they are required and cannot be read.
   */
  constructor(
    root: string,
    { xattrs = "auto", onWarning }: XattrOptions,
    platform: string = process.platform,
  ) {
    this.#root = root;
    this.#isRequired = xattrs === "require";
    this.#onWarning = onWarning;
    this.#isOn = xattrs !== "off" && platform === "linux";
    if (this.#isRequired && !this.#isOn) {
      throw this.#error("they are read on Linux only");
    }
  }

  /** Whether there is any use in asking. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /**
   * Reads the attributes of some files and directories.
   *
   * @param paths On disk, without symbolic links in the end.
   * @returns Those that have any.
   * @throws {LayerError}
   */
  async read(paths: readonly string[]): Promise<Map<string, Xattrs>> {
    const all = new Map<string, Xattrs>();
    const answer = this.#isOn ? await this.#ask(paths) : [];
    for (const [path, xattrs] of answer) {
      const onDisk = Buffer.from(path, "latin1").toString();
      all.set(onDisk, namedByText(onDisk, xattrs));
    }
    return all;
  }

  async #ask(
    paths: readonly string[],
  ): Promise<Iterable<[string, Map<string, Uint8Array>]>> {
    try {
      const answer = await askAbout(paths, "getfattr", OPTIONS);
      const complaint = answer.complaints.find((line) => !HARMLESS.test(line));
      if (complaint === undefined) return parseGetfattr(answer.output);
      throw this.#error(`${printable(complaint)}; make it readable`);
    } catch (error) {
      if (error instanceof LayerError) throw error;
      if (!(error instanceof ProgramUnavailable)) {
        throw this.#error(errorMeaning(error), error);
      }
      const next = error.message.replace(/^install .*/, "$& (package attr)");
      if (this.#isRequired) throw this.#error(next, error);
      this.#warn(next);
      return [];
    }
  }

  #warn(next: string): void {
    // Several calls may have been under way at once.
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#onWarning?.({
      path: this.#root,
      message:
        `The extended attributes of ${printable(this.#root)} are not read: ` +
        `${next}, or leave them out (xattrs: off)`,
      code: "XATTRS",
    });
  }

  #error(why: string, cause?: unknown): LayerError {
    return new LayerError(
      this.#root,
      `its extended attributes cannot be read: ${why}, or leave them out ` +
        "(xattrs: off)",
      cause,
    );
  }
}

function namedByText(
  path: string,
  xattrs: ReadonlyMap<string, Uint8Array>,
): Xattrs {
  const named: [string, Uint8Array][] = [];
  for (const [name, value] of xattrs) {
    const bytes = Buffer.from(name, "latin1");
    const text = decodeUtf8(bytes);
    if (text === undefined) {
      throw new LayerError(
        path,
        `the name of its extended attribute ${
          printable(escapeBytes(bytes))
        } is not ` +
          "UTF-8; remove it, or leave them out (xattrs: off)",
      );
    }
    named.push([text, value]);
  }
  return Object.fromEntries(named);
}
