import { existsSync, readdirSync, renameSync } from "node:fs";
import { resolve } from "node:path";
import {
  ImageLayout,
  type ImageLayoutOptions,
} from "../archive/image_layout.ts";
import { layoutPaths } from "../archive/layout_files.ts";
import type { ContainerImage } from "../image/container_image.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";
import { keep, removeOnExit } from "./cleanup.ts";
import { directoryStore } from "./directory_store.ts";
import { errorCode, errorMeaning } from "./system_error.ts";
import { targetError } from "./target_error.ts";
import { temporaryBeside } from "./write_whole.ts";

/**
 * An OCI image layout in a directory, `oci:DIR`. A directory that is not there
 * comes into being whole; one that is keeps its other images.
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
   * Writes the image into the layout.
   *
   * @throws {ScratchbuildError} Code `TARGET` where the directory cannot be
   * written to, code `ABORTED` when the signal ended the work.
   */
  async write(
    image: ContainerImage,
    options: WriteOptions = {},
  ): Promise<void> {
    if (existsSync(this.#path)) {
      return await this.#writeTo(this.#path, image, options);
    }
    const temporary = temporaryBeside(this.#path);
    const remove = removeOnExit(temporary);
    try {
      await this.#writeTo(temporary, image, options);
      if (this.#appears(temporary)) return keep(temporary);
    } catch (error) {
      remove();
      throw error;
    }
    remove();
    await this.#writeTo(this.#path, image, options);
  }

  async #writeTo(
    path: string,
    image: ContainerImage,
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
      if (/^(?:ENOTEMPTY|EEXIST)$/.test(errorCode(error) ?? "")) return false;
      throw targetError(this.name, errorMeaning(error), error);
    }
  }

  #check(): void {
    let content: string[];
    try {
      content = readdirSync(this.#path);
    } catch (error) {
      const code = errorCode(error);
      if (code === "ENOENT") return;
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
  }
}
