import { mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LayoutStore } from "../archive/image_layout.ts";
import { chunksOf } from "../bytes/byte_source.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { errorCode, errorMeaning } from "./read_error.ts";
import { writeWhole } from "./write_whole.ts";

/** The files of an image layout in a directory, which comes into being. */
export function directoryStore(root: string): LayoutStore {
  const locate = (path: string) => join(root, ...path.split("/"));
  return {
    size: (path) => {
      const stats = statSync(locate(path), { throwIfNoEntry: false });
      return Promise.resolve(stats?.size);
    },
    read: (path) => {
      try {
        return Promise.resolve(new Uint8Array(readFileSync(locate(path))));
      } catch (error) {
        const code = errorCode(error);
        if (code === "ENOENT") return Promise.resolve(undefined);
        return Promise.reject(cannotUse(root, error));
      }
    },
    write: async (path, content) => {
      const file = locate(path);
      try {
        mkdirSync(dirname(file), { recursive: true });
      } catch (error) {
        throw cannotUse(root, error);
      }
      await writeWhole(file, chunksOf(content));
    },
  };
}

/** The error for a directory that cannot hold an image layout. */
export function cannotUse(root: string, cause: unknown): ScratchbuildError {
  const code = errorCode(cause);
  const why = code === "ENOTDIR" || code === "EEXIST"
    ? "it, or something above it, is a file and no directory"
    : errorMeaning(cause);
  return new ScratchbuildError(
    `Cannot use ${root} as an image layout: ${why}`,
    { code: "TARGET", cause },
  );
}
