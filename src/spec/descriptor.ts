import type { Digest } from "./digest.ts";
import type { Platform } from "./platform.ts";

/**
 * Names a piece of content by media type, digest and size.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md}
 */
export interface Descriptor {
  /** Media type of the content. */
  mediaType: string;
  /** Digest of the content. */
  digest: Digest;
  /** Size of the content in bytes. */
  size: number;
  /** Where else the content may be had. Not asked unless that is wanted. */
  urls?: string[];
  /** Free metadata. Absent in Docker documents. */
  annotations?: Record<string, string>;
  /** The content itself, in base64. */
  data?: string;
  /** Type of the artifact that a manifest describes. */
  artifactType?: string;
  /** Only in an index: what the image runs on. */
  platform?: Platform;
}
