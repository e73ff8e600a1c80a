import { checkManifest } from "../spec/check_manifest.ts";
import { isObject } from "../spec/check_descriptor.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Index } from "../spec/manifest.ts";
import { mediaTypes } from "../spec/media_types.ts";
import { annotationKeys } from "../spec/annotations.ts";
import { parseJson, type Refuse } from "../spec/parse_json.ts";
import { checkData } from "../registry/pull/check_data.ts";
import {
  type ArchiveFiles,
  readDocument,
  type RefuseArchive,
} from "./archive_files.ts";
import {
  CONTAINERD_IMAGE_NAME,
  LAYOUT_VERSION,
  layoutPaths,
} from "./layout_files.ts";

/**
 * Reads the `index.json` of a layout.
 *
 * @returns `undefined` where there is no layout.
 * @throws What `refuse` makes, where it is none that is known here.
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md}
 */
export async function readLayoutIndex(
  files: ArchiveFiles,
  refuse: RefuseArchive,
): Promise<Index | undefined> {
  const { marker, index } = layoutPaths;
  const about = (path: string): Refuse => (why) =>
    refuse(`of its ${path}, ${why}`);
  const version = await readDocument(files, marker, refuse);
  if (!version) return undefined;
  const said = parseJson(version, { refuse: about(marker) });
  if (!isObject(said) || said.imageLayoutVersion !== LAYOUT_VERSION) {
    throw refuse(
      `its ${marker} is not of version ${LAYOUT_VERSION}, which is the only ` +
        "one that is known here",
    );
  }
  const bytes = await readDocument(files, index, refuse);
  if (!bytes) throw refuse(`it has no ${index}`);
  const checked = checkManifest(bytes, {
    mediaType: mediaTypes.oci.index,
    refuse: about(index),
  });
  if (checked.kind !== "index") throw refuse(`its ${index} is no index`);
  checkData(checked.value, about(index));
  return checked.value;
}

/** The tag of an entry of `index.json`, whoever wrote it. */
export function tagOf({ annotations = {} }: Descriptor): string | undefined {
  return annotations[annotationKeys.refName] ??
    annotations[CONTAINERD_IMAGE_NAME];
}

/**
 * The entries of `index.json` that a tag names: those that have it, else those
 * that containerd and Docker know by it, in full or by its last part.
 */
export function entriesOf(
  { manifests }: Index,
  tag: string,
): readonly Descriptor[] {
  const named = (test: (annotations: Record<string, string>) => boolean) =>
    manifests.filter(({ annotations = {} }) => test(annotations));
  const own = named((it) => it[annotationKeys.refName] === tag);
  if (own.length > 0) return own;
  const full = named((it) => it[CONTAINERD_IMAGE_NAME] === tag);
  if (full.length > 0) return full;
  return named((it) => it[CONTAINERD_IMAGE_NAME]?.endsWith(`:${tag}`) ?? false);
}

/** Descriptors, each digest once. */
export function distinct(descriptors: Iterable<Descriptor>): Descriptor[] {
  const found = new Map<string, Descriptor>();
  for (const descriptor of descriptors) {
    if (!found.has(descriptor.digest)) found.set(descriptor.digest, descriptor);
  }
  return [...found.values()];
}
