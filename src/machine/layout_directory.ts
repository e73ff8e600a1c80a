import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  ImageLayout,
  type ImageLayoutOptions,
} from "../archive/image_layout.ts";
import { layoutPaths } from "../archive/layout_files.ts";
import type { Publishable } from "../image/publishable.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";
import type { PlannedContent } from "../target/planned_content.ts";
import { removeOnExit } from "./cleanup.ts";
import { directoryStore } from "./directory_store.ts";
import { errorCode, errorMeaning } from "./system_error.ts";
import { targetError } from "./target_error.ts";
import { isTemporary, temporaryBeside } from "./write_whole.ts";

/**
 * An OCI image layout in a directory, `oci:DIR`. A directory that is not there
 * comes into being whole; one that is keeps its other images, also those that
 * others write there at the same time.
 */
export class LayoutDirectory implements ImageTarget {
  /** The place as people write it. */
  readonly name: string;
  readonly #path: string;
  readonly #options: ImageLayoutOptions;

  /**
   * A layout in one directory.
   *
   * @param path The directory.
   * @param options Name of the layout and tags of the image.
   * @throws {ScratchbuildError} Code `TARGET` where the path is a file, or a
   * directory that holds something else.
   */
  constructor(path: string, options: ImageLayoutOptions) {
    this.name = options.name;
    this.#path = resolve(path);
    this.#options = options;
    this.#check();
  }

  /**
   * Writes an image, another artifact, or an index with all that it names into
   * the layout.
   *
   * @throws {ScratchbuildError} Code `TARGET` where the directory cannot be
   * written to, code `IMAGE` where a blob is not what its descriptor says, code
   * `ABORTED` when the signal ended the work.
   */
  async write(
    image: Publishable,
    options: WriteOptions = {},
  ): Promise<void> {
    const content = this.#check();
    if (content && content.length > 0) {
      return await this.#writeTo(this.#path, image, options);
    }
    const temporary = temporaryBeside(
      content ? join(this.#path, layoutPaths.marker) : this.#path,
    );
    const remove = removeOnExit(temporary);
    try {
      await this.#writeTo(temporary, image, options);
      if (!content && this.#appears(temporary)) return;
      this.#check();
      this.#takeOver(temporary);
      const { onProgress: _, ...rest } = options;
      await this.#writeTo(this.#path, image, rest);
    } finally {
      remove();
    }
  }

  /**
   * Finds out what {@linkcode LayoutDirectory.write} would write.
   *
   * @throws {ScratchbuildError} Code `TARGET` where the directory is no layout.
   */
  async plan(
    image: Publishable,
    options: WriteOptions = {},
  ): Promise<PlannedContent[]> {
    this.#check();
    const store = directoryStore(this.#path, this.name);
    return await new ImageLayout(store, this.#options).plan(image, options);
  }

  async #writeTo(
    path: string,
    image: Publishable,
    options: WriteOptions,
  ): Promise<void> {
    const store = directoryStore(path, this.name);
    await new ImageLayout(store, this.#options).write(image, options);
  }

  /** Gives a finished layout its name, unless another one has it by now. */
  #appears(temporary: string): boolean {
    try {
      renameSync(temporary, this.#path);
      return true;
    } catch (error) {
      if (existsSync(this.#path)) return false;
      throw targetError(this.name, errorMeaning(error), error);
    }
  }

  /** Moves what is complete into a directory that is there. */
  #takeOver(temporary: string): void {
    const move = (path: string) =>
      renameSync(join(temporary, path), join(this.#path, path));
    try {
      // Whatever comes next, the directory is a layout from now on.
      move(layoutPaths.marker);
      for (const algorithm of readdirSync(join(temporary, "blobs"))) {
        const place = join("blobs", algorithm);
        mkdirSync(join(this.#path, place), { recursive: true });
        for (const name of readdirSync(join(temporary, place))) {
          move(join(place, name));
        }
      }
    } catch (error) {
      throw targetError(this.name, errorMeaning(error), error);
    }
  }

  /** @returns What is in the directory, `undefined` where there is none. */
  #check(): string[] | undefined {
    let content: string[];
    try {
      // What an interrupted run left behind is nobody's.
      content = readdirSync(this.#path).filter((name) => !isTemporary(name));
    } catch (error) {
      const code = errorCode(error);
      if (code === "ENOENT") return undefined;
      const why = code === "ENOTDIR"
        ? "it, or something above it, is a file and no directory"
        : errorMeaning(error);
      throw targetError(this.name, why, error);
    }
    if (content.length > 0 && !content.includes(layoutPaths.marker)) {
      throw targetError(
        this.name,
        "the directory holds something else and is no image layout; " +
          "name a new one",
      );
    }
    return content;
  }
}
