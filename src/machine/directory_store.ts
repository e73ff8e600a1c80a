import { mkdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LayoutStore } from "../archive/image_layout.ts";
import { chunksOf } from "../bytes/byte_source.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { withFileLock } from "./file_lock.ts";
import { replaceFile } from "./replace_file.ts";
import { errorCode, errorMeaning } from "./system_error.ts";
import { targetError } from "./target_error.ts";
import { writeWhole } from "./write_whole.ts";

/**
 * The files of an image layout in a directory, which comes into being. Of
 * several that write there at the same time, in this process or in others, none
 * undoes what another one wrote.
 *
 * @param root The directory.
 * @param shown The directory as people know it, for messages.
 */
export function directoryStore(root: string, shown: string): LayoutStore {
  const locate = (path: string) => join(root, ...path.split("/"));
  const attempt = async <T>(run: () => T | Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (error instanceof ScratchbuildError) throw error;
      throw targetError(shown, errorMeaning(error), error);
    }
  };
  const makeParent = (file: string) =>
    mkdirSync(dirname(file), { recursive: true });
  return {
    size: (path) =>
      attempt(() => statSync(locate(path), { throwIfNoEntry: false })?.size),
    read: (path) => attempt(() => readIfThere(locate(path))),
    write: async (path, content) => {
      const file = locate(path);
      await attempt(() => makeParent(file));
      await writeWhole(file, chunksOf(content), shown);
    },
    update: (path, change, signal) =>
      attempt(async () => {
        makeParent(locate(path));
        const file = followLink(locate(path));
        const doing = `write ${shown}`;
        await withFileLock(file, () => update(file, change), { doing, signal });
      }),
  };
}

function update(
  file: string,
  change: (before: Uint8Array | undefined) => Uint8Array,
): void {
  let isDone = false;
  while (!isDone) {
    const before = readIfThere(file);
    const bytes = change(before);
    isDone = isEqual(bytes, before) || replaceFile(file, bytes, {
      mode: 0o666,
      isUnchanged: () => isEqual(readIfThere(file), before),
    });
  }
}

function readIfThere(file: string): Uint8Array | undefined {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function followLink(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return file;
    throw error;
  }
}

function isEqual(one?: Uint8Array, other?: Uint8Array): boolean {
  if (!one || !other) return one === other;
  return one.byteLength === other.byteLength &&
    one.every((byte, at) => byte === other[at]);
}
