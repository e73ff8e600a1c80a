import type { Descriptor } from "../spec/descriptor.ts";
import {
  type ImageFormat,
  isNonDistributable,
  MediaTypeForeignLayer,
  mediaTypes,
} from "../spec/media_types.ts";
import type { Layer, LayerEncoding } from "./container_image.ts";

/**
 * How the bytes of a layer are compressed, by its media type.
 *
 * @returns `undefined` where they are not a tar, or it is not known.
 */
export function layerEncoding(mediaType: string): LayerEncoding | undefined {
  if (/\.tar$/.test(mediaType)) return "none";
  if (/\.tar[+.]gzip$/.test(mediaType)) return "gzip";
  if (/\.tar[+.]zstd$/.test(mediaType)) return "zstd";
  return undefined;
}

/**
 * The descriptor of a layer in a manifest of one family. What a base says of
 * its layer is kept, as far as the family has it.
 *
 * @param refuse Is called with why there can be none; it throws.
 */
export function layerDescriptor(
  layer: Layer,
  format: ImageFormat,
  refuse: (why: string) => never,
): Descriptor {
  const { digest, size, descriptor } = layer;
  const { urls, annotations } = descriptor ?? {};
  return {
    mediaType: mediaTypeOf(layer, format, refuse),
    digest,
    size,
    ...(urls && { urls }),
    ...(annotations && format === "oci" && { annotations }),
  };
}

function mediaTypeOf(
  { descriptor, encoding, digest }: Layer,
  format: ImageFormat,
  refuse: (why: string) => never,
): string {
  const types = mediaTypes[format];
  if (descriptor && isNonDistributable(descriptor.mediaType)) {
    if (format === "oci") return nonDistributable(encoding);
    if (encoding === "gzip") return MediaTypeForeignLayer;
    return refuse(
      `the layer ${digest} may not be distributed, and Docker knows such ` +
        "layers only with gzip; use the format oci",
    );
  }
  if (encoding === "none") return types.layer;
  if (encoding === "gzip") return types.layerGzip;
  return types.layerZstd ?? refuse(
    `the layer ${digest} is compressed with zstd, for which Docker has no ` +
      "media type; use the format oci",
  );
}

function nonDistributable(encoding: LayerEncoding): string {
  const type = "application/vnd.oci.image.layer.nondistributable.v1.tar";
  return encoding === "none" ? type : `${type}+${encoding}`;
}
