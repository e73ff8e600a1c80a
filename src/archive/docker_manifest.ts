import { DEFAULT_TAG } from "../registry/familiar_name.ts";
import { parseReference, type Reference } from "../registry/reference.ts";
import { isObject } from "../spec/check_descriptor.ts";
import { parseJson } from "../spec/parse_json.ts";
import {
  type ArchiveFiles,
  readDocument,
  type RefuseArchive,
} from "./archive_files.ts";

/** What the `manifest.json` of a Docker archive says of one image. */
export interface DockerImage {
  /** Path of the configuration. */
  readonly config: string;
  /** Paths of the layers, bottom-most first. */
  readonly layers: readonly string[];
  /** Names that the image gets when it is loaded. */
  readonly names: readonly string[];
}

/** Name of the file that says what a Docker archive holds. */
export const DOCKER_MANIFEST = "manifest.json";

/**
 * Reads the `manifest.json` of a Docker archive.
 *
 * @returns `undefined` where there is none.
 * @throws What `refuse` makes.
 * @see {@link https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format}
 */
export async function readDockerManifest(
  files: ArchiveFiles,
  refuse: RefuseArchive,
): Promise<DockerImage[] | undefined> {
  const bytes = await readDocument(files, DOCKER_MANIFEST, refuse);
  if (!bytes) return undefined;
  const about = (why: string) => refuse(`of its ${DOCKER_MANIFEST}, ${why}`);
  const value = parseJson(bytes, { refuse: about });
  if (!Array.isArray(value)) throw about("it is not a list of images");
  return value.map((image, at): DockerImage => {
    const bad = (why: string) => about(`image ${at + 1} ${why}`);
    if (!isObject(image)) throw bad("is not an object");
    const { Config: config, Layers: layers, RepoTags: names } = image;
    if (typeof config !== "string" || config === "") {
      throw bad("has no Config, which is the path of its configuration");
    }
    // Go writes a list without entries as null.
    const listOf = (list: unknown, name: string): string[] => {
      const items = list ?? [];
      if (Array.isArray(items) && items.every((it) => typeof it === "string")) {
        return items;
      }
      throw bad(`has ${name} that are not a list of texts`);
    };
    return {
      config,
      layers: listOf(layers, "Layers"),
      names: listOf(names, "RepoTags"),
    };
  });
}

/** Whether a name of an image is what a reference asks for. */
export function isNamed(name: string, wanted: Reference): boolean {
  const found = referenceOf(name);
  return found?.registry === wanted.registry &&
    found.repository === wanted.repository &&
    (found.tag ?? DEFAULT_TAG) === (wanted.tag ?? DEFAULT_TAG);
}

/** The tag of a name of an image; `undefined` where the name is none. */
export function tagOfName(name: string): string | undefined {
  const reference = referenceOf(name);
  return reference && (reference.tag ?? DEFAULT_TAG);
}

function referenceOf(name: string): Reference | undefined {
  try {
    return parseReference(name);
  } catch {
    return undefined;
  }
}
