import { dropNulls, isObject, type JsonObject } from "./check_descriptor.ts";
import { isDigest } from "./digest.ts";
import type { Image } from "./image.ts";
import { parseJson, type Refuse } from "./parse_json.ts";

/**
 * Reads an image configuration that comes from outside. What is not known is no
 * fault; `null` counts as absent, as writers in Go have it.
 *
 * @param refuse Makes an error of why it is refused, the second half of a
 * sentence.
 * @throws What `refuse` makes.
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md}
 */
export function checkImage(bytes: Uint8Array, refuse: Refuse): Image {
  const value = parseJson(bytes, { refuse });
  if (!isObject(value)) throw refuse("it is not a JSON object");
  dropNulls(value, ...Object.keys(value));
  for (const name of ["os", "architecture"]) {
    if (typeof value[name] !== "string" || value[name] === "") {
      throw refuse(`it does not say its ${name}`);
    }
  }
  for (const name of ["created", "author", "variant", "os.version"]) {
    const text = value[name];
    if (text !== undefined && typeof text !== "string") {
      throw refuse(`its ${name} is no text`);
    }
    // An empty text is what Docker writes where it knows none.
    if (text === "") delete value[name];
  }
  if (value.config !== undefined) {
    if (!isObject(value.config)) throw refuse("its config is not an object");
    dropNulls(value.config, ...Object.keys(value.config));
  }
  checkRoot(value, refuse);
  checkHistory(value, refuse);
  return value as unknown as Image;
}

function checkRoot({ rootfs }: JsonObject, refuse: Refuse): void {
  if (!isObject(rootfs)) throw refuse("it has no rootfs");
  if (rootfs.type !== "layers") {
    throw refuse("the type of its rootfs is not layers");
  }
  rootfs.diff_ids ??= [];
  const { diff_ids: ids } = rootfs;
  const areDigests = Array.isArray(ids) &&
    ids.every((id) => typeof id === "string" && isDigest(id));
  if (!areDigests) throw refuse("its diff_ids are not a list of digests");
}

function checkHistory(value: JsonObject, refuse: Refuse): void {
  const { history } = value;
  if (history === undefined) return;
  if (!Array.isArray(history) || !history.every(isObject)) {
    throw refuse("its history is not a list of objects");
  }
  for (const entry of history) {
    dropNulls(entry, ...Object.keys(entry));
    for (const name of ["created", "created_by", "author", "comment"]) {
      if (entry[name] !== undefined && typeof entry[name] !== "string") {
        throw refuse(`the ${name} of its history is no text`);
      }
    }
  }
}
