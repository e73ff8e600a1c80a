import type { Descriptor } from "./descriptor.ts";
import { MediaTypeManifest } from "./media_types.ts";

/** The two fields that every manifest begins with. */
export interface Versioned {
  /** Always 2. */
  schemaVersion: number;
  /** Media type of the document. */
  mediaType?: string;
}

/** The {@linkcode Versioned} part of a Docker manifest, as in the Go package. */
export const SchemaVersion: Readonly<Required<Versioned>> = {
  schemaVersion: 2,
  mediaType: MediaTypeManifest,
};

/**
 * Names the configuration and the layers of one image.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md}
 */
export interface Manifest extends Versioned {
  /** Type of the artifact where this is not an image. OCI only. */
  artifactType?: string;
  /** The image configuration. */
  config: Descriptor;
  /** The layers, bottom-most first. */
  layers: Descriptor[];
  /** The manifest that this one refers to. OCI only. */
  subject?: Descriptor;
  /** Free metadata. OCI only. */
  annotations?: Record<string, string>;
}

/**
 * Names the manifests of one image for several platforms.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md}
 */
export interface Index extends Versioned {
  /** Type of the artifact where this is not an image. OCI only. */
  artifactType?: string;
  /** The manifests, in order of preference. */
  manifests: Descriptor[];
  /** The manifest that this one refers to. OCI only. */
  subject?: Descriptor;
  /** Free metadata. OCI only. */
  annotations?: Record<string, string>;
}
