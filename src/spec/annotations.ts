/**
 * The annotation keys that the OCI image specification defines.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md}
 */
export const annotationKeys = {
  /** Date and time on which the image was built, RFC 3339. */
  created: "org.opencontainers.image.created",
  /** Contact details of who is responsible for the image. */
  authors: "org.opencontainers.image.authors",
  /** URL to find more information on the image. */
  url: "org.opencontainers.image.url",
  /** URL of the documentation. */
  documentation: "org.opencontainers.image.documentation",
  /** URL of the source code. */
  source: "org.opencontainers.image.source",
  /** Version of the packaged software. */
  version: "org.opencontainers.image.version",
  /** Source control revision of the packaged software. */
  revision: "org.opencontainers.image.revision",
  /** Name of the distributing entity. */
  vendor: "org.opencontainers.image.vendor",
  /** Licences, an SPDX licence expression. */
  licenses: "org.opencontainers.image.licenses",
  /** Name of a reference in `index.json` of an image layout. */
  refName: "org.opencontainers.image.ref.name",
  /** Title of the image. */
  title: "org.opencontainers.image.title",
  /** Description of the software. */
  description: "org.opencontainers.image.description",
  /** Digest of the image that this one is based on. */
  baseDigest: "org.opencontainers.image.base.digest",
  /** Reference of the image that this one is based on. */
  baseName: "org.opencontainers.image.base.name",
} as const;
