import { mediaTypes } from "../spec/media_types.ts";

/** The media types of every kind of manifest and index that is known here. */
export const MANIFEST_TYPES: readonly string[] = Object.values(mediaTypes)
  .flatMap(({ manifest, index }) => [manifest, index]);

/**
 * `Accept` of requests for manifests: every kind, so that no registry converts
 * one into another.
 */
export const ACCEPT: string = MANIFEST_TYPES.join(", ");
