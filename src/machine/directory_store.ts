import { mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LayoutStore } from "../archive/image_layout.ts";
import { chunksOf } from "../bytes/byte_source.ts";
import { errorCode, errorMeaning } from "./system_error.ts";
import { targetError } from "./target_error.ts";
import { writeWhole } from "./write_whole.ts";

/**
 * The files of an image layout in a directory, which comes into being.
 *
 * @param root The directory.
 * @param shown The directory as people know it, for messages.
 */
export function directoryStore(root: string, shown: string): LayoutStore {
  const locate = (path: string) => join(root, ...path.split("/"));
  // deno-lint-ignore require-await -- a failure is to be a rejection
  const attempt = async <T>(run: () => T): Promise<T> => {
    try {
      return run();
    } catch (error) {
      throw targetError(shown, errorMeaning(error), error);
    }
  };
  return {
    size: (path) =>
      attempt(() => statSync(locate(path), { throwIfNoEntry: false })?.size),
    read: (path) =>
      attempt(() => {
        try {
          return new Uint8Array(readFileSync(locate(path)));
        } catch (error) {
          if (errorCode(error) === "ENOENT") return undefined;
          throw error;
        }
      }),
    write: async (path, content) => {
      const file = locate(path);
      await attempt(() => mkdirSync(dirname(file), { recursive: true }));
      await writeWhole(file, chunksOf(content), shown);
    },
  };
}
