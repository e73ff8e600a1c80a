import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { concat } from "../../bytes/concat.ts";
import { errorCode, errorMeaning } from "../../machine/system_error.ts";
import { isObject, type JsonObject } from "../../spec/check_descriptor.ts";
import type { Refuse } from "../../spec/parse_json.ts";
import { parseJsonc } from "./parse_jsonc.ts";

/** Most bytes of a file; people write no longer ones. */
const MAX_BYTES = 1 << 20;

/** The member that settings stand in where the file is about more. */
const MEMBER = "scratchbuild";

/** Files that are about more. */
const SHARED: readonly string[] = ["deno.json", "deno.jsonc", "package.json"];

/**
 * Reads the settings in a file: its member `scratchbuild` where it has one, else
 * all of it.
 *
 * @param refuse Makes an error of what is wrong with the file.
 * @throws What `refuse` makes.
 */
export async function readConfigFile(
  path: string,
  refuse: Refuse,
): Promise<JsonObject> {
  const file = await parseJsonc(await read(path, refuse), refuse);
  if (!isObject(file)) throw refuse("it is not a JSON object");
  const isShared = SHARED.includes(basename(path));
  if (!isShared && !Object.hasOwn(file, MEMBER)) return file;
  if (!Object.hasOwn(file, MEMBER)) {
    throw refuse(`it has no member "${MEMBER}"; put the settings there`);
  }
  const { [MEMBER]: settings } = file;
  if (!isObject(settings)) throw refuse(`its "${MEMBER}" is not an object`);
  return settings;
}

async function read(path: string, refuse: Refuse): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    // Not all at once: it can be a pipe.
    for await (const chunk of createReadStream(path)) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > MAX_BYTES) break;
    }
  } catch (error) {
    const next = errorCode(error) === "ENOENT" ? "; check the path" : "";
    throw refuse(errorMeaning(error) + next);
  }
  if (size > MAX_BYTES) throw refuse(`it is longer than ${MAX_BYTES} bytes`);
  return concat(chunks);
}
