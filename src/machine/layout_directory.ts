import { randomUUID } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import {
  ImageLayout,
  type ImageLayoutOptions,
} from "../archive/image_layout.ts";
import type { ContainerImage } from "../image/container_image.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";
import { keep, removeOnExit } from "./cleanup.ts";
import { cannotUse, directoryStore } from "./directory_store.ts";

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
   */
  constructor(path: string, options: ImageLayoutOptions) {
    this.name = options.name;
    this.#path = resolve(path);
    this.#options = options;
  }

  /**
   * Writes the image into the layout.
   *
   * @throws {ScratchbuildError} Code `TARGET` where the directory cannot be
   * written to or holds something else.
   */
  async write(
    image: ContainerImage,
    options: WriteOptions = {},
  ): Promise<void> {
    if (existsSync(this.#path)) {
      return await this.#writeTo(this.#path, image, options);
    }
    const temporary = join(
      dirname(this.#path),
      `.${basename(this.#path)}.${randomUUID()}.tmp`,
    );
    const remove = removeOnExit(temporary);
    try {
      await this.#writeTo(temporary, image, options);
      move(temporary, this.#path);
      keep(temporary);
    } catch (error) {
      remove();
      throw error;
    }
  }

  async #writeTo(
    path: string,
    image: ContainerImage,
    options: WriteOptions,
  ): Promise<void> {
    const layout = new ImageLayout(directoryStore(path), this.#options);
    await layout.write(image, options);
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    throw cannotUse(to, error);
  }
}
