/**
 * The part of scratchbuild that needs no machine: it loads in a browser and in
 * a Worker. It makes layers and images, and writes them into registries and
 * archives.
 *
 * @example
 * ```ts
 * import { createImage, createLayer } from "@x/scratchbuild/core";
 *
 * const layer = await createLayer([
 *   { type: "file", path: "index.html", body: new Blob(["<h1>hello</h1>"]) },
 * ], { prefix: "/srv" });
 * const image = await createImage({ layers: [layer] });
 * console.log(image.manifest.descriptor.digest);
 * ```
 *
 * @module
 */
export { annotationKeys } from "./spec/annotations.ts";
export { canonicalJson } from "./spec/canonical_json.ts";
export type { Descriptor } from "./spec/descriptor.ts";
export { type Digest, isDigest, parseDigest } from "./spec/digest.ts";
export {
  type ErrorCode,
  ScratchbuildError,
  type ScratchbuildErrorOptions,
} from "./spec/error.ts";
export type {
  Healthcheck,
  History,
  Image,
  ImageConfig,
  RootFS,
} from "./spec/image.ts";
export {
  type Index,
  type Manifest,
  SchemaVersion,
  type Versioned,
} from "./spec/manifest.ts";
export {
  type ImageFormat,
  type MediaTypeFamily,
  MediaTypeForeignLayer,
  MediaTypeImageConfig,
  MediaTypeLayer,
  MediaTypeManifest,
  MediaTypePluginConfig,
  mediaTypes,
  MediaTypeUncompressedLayer,
} from "./spec/media_types.ts";
export { parsePlatform, type Platform, platformText } from "./spec/platform.ts";
export { version } from "./spec/version.ts";

export {
  type ByteSource,
  bytesSource,
  type SourceVersion,
} from "./bytes/byte_source.ts";
export {
  DigestMismatchError,
  type DigestMismatchErrorOptions,
} from "./bytes/digest_mismatch_error.ts";
export { DigestStream, type Measured } from "./bytes/digest_stream.ts";
export { digestOf } from "./bytes/sha256.ts";
export { blobSpool, type Spool, type SpooledBytes } from "./bytes/spool.ts";

export type { ArrangedEntry } from "./tar/arranged_entry.ts";
export type { ArrangeOptions, ModeMask, Owner } from "./tar/arrange_options.ts";
export type {
  DeviceEntry,
  DirectoryEntry,
  Entry,
  EntryAttributes,
  FifoEntry,
  FileBody,
  FileEntry,
  HardlinkEntry,
  SymlinkEntry,
  TreeEntry,
  WhiteoutEntry,
} from "./tar/entry.ts";
export { LayerError } from "./tar/layer_error.ts";
export type { LayerWarning, OnLayerWarning } from "./tar/layer_warning.ts";
export type { Lower, LowerEntry } from "./tar/lower.ts";
export { LowerLayers } from "./tar/lower_layers.ts";
export { readTar } from "./tar/read/read_tar.ts";
export type { SeekableSource } from "./tar/read/tar_bytes.ts";
export type { TarEntry, TarHeader } from "./tar/read/tar_entry.ts";
export { TarError } from "./tar/read/tar_error.ts";

export { ignoreMatcher } from "./tree/ignore/ignore_matcher.ts";
export { IgnoreRules } from "./tree/ignore/ignore_rules.ts";
export { parseIgnoreFile } from "./tree/ignore/parse_ignore_file.ts";
export {
  guardSecrets,
  type GuardSecretsOptions,
} from "./tree/secrets/guard_secrets.ts";
export type { SecretFinding } from "./tree/secrets/secret_finding.ts";
export {
  SecretScan,
  type SecretScanOptions,
} from "./tree/secrets/secret_scan.ts";

export type { Compression, CompressOptions } from "./compression/compress.ts";
export { decompress } from "./compression/decompress/decompress.ts";
export {
  type Encoding,
  encodingOf,
} from "./compression/decompress/encoding.ts";

export type {
  ContainerImage,
  CreatedLayer,
  Layer,
  LayerEncoding,
} from "./image/container_image.ts";
export type {
  BlobOrigin,
  Document,
  ManifestDocument,
} from "./image/document.ts";
export {
  type Artifact,
  type ContainerIndex,
  type Contents,
  contentsOf,
  isIndex,
  type Publishable,
} from "./image/publishable.ts";
export { createIndex, type IndexOptions } from "./image/create_index.ts";
export { baseLower, type BaseLowerOptions } from "./image/base_lower.ts";
export { createImage, type ImageOptions } from "./image/create_image.ts";
export { type ImageBlob, imageBlobs } from "./image/image_blobs.ts";
export { type ConfigChange, diffConfigs } from "./image/diff_configs.ts";
export {
  diffImages,
  type DiffImagesOptions,
  type ImageDifference,
} from "./image/diff_images.ts";
export {
  diffTrees,
  type DiffTreesOptions,
  type ItemAspect,
  type ItemChange,
  type TreeDifference,
} from "./image/diff_trees.ts";
export { entryItems, type EntryItemsOptions } from "./image/entry_items.ts";
export type { ImageItem } from "./image/image_item.ts";
export type { ImageTree, OpenFileOptions } from "./image/image_tree.ts";
export {
  readImageTree,
  type ReadTreeOptions,
} from "./image/read_image_tree.ts";
export { mergeImageConfig } from "./image/merge_image_config.ts";
export { createLayer, type LayerOptions } from "./image/create_layer.ts";
export {
  createLayerFromTar,
  type TarLayerOptions,
} from "./image/create_layer_from_tar.ts";
export type {
  CompressedRecord,
  LayerCache,
  LayerRecord,
} from "./image/layer_cache.ts";
export type { BlockCache } from "./compression/block_cache.ts";
export type { ReusableLayers } from "./image/reusable_layers.ts";
export type { SealOptions } from "./image/seal_layer.ts";

export type {
  BlobOptions,
  ImageSource,
  ManifestOptions,
  ReferrersOptions,
} from "./target/image_source.ts";
export type { ImageTarget, WriteOptions } from "./target/image_target.ts";
export type { PlannedContent } from "./target/planned_content.ts";
export type { LayerAhead, LayersAhead } from "./target/layers_ahead.ts";
export type { Progress } from "./target/progress.ts";

export { type Challenge, parseChallenges } from "./registry/http/challenge.ts";
export type { Clock } from "./registry/http/clock.ts";
export type { RetryEvent, RetryOptions } from "./registry/http/retries.ts";
export type { RegistryWarning } from "./registry/http/warning_log.ts";
export type {
  AccessReport,
  LoginReport,
} from "./registry/auth/access_report.ts";
export type {
  Credential,
  CredentialRequest,
  Credentials,
} from "./registry/auth/credentials.ts";
export type { PushImageOptions } from "./registry/push/push_image.ts";
export type { UploadOptions } from "./registry/push/upload_options.ts";
export type {
  UploadJournal,
  UploadKey,
  UploadRecord,
} from "./registry/push/upload_journal.ts";
export { UploadMemory } from "./registry/push/upload_memory.ts";
export { parseReference, type Reference } from "./registry/reference.ts";
export { ReferenceSyntaxError } from "./registry/reference_syntax_error.ts";
export { Registry, type RegistryOptions } from "./registry/registry.ts";
export {
  RegistryError,
  type RegistryErrorEntry,
  type RegistryErrorOptions,
} from "./registry/registry_error.ts";
export type {
  Fetch,
  TransportOptions,
} from "./registry/http/transport_options.ts";
export type { Upload, UploadRequest } from "./registry/http/upload.ts";

export type { ArchiveFiles } from "./archive/archive_files.ts";
export {
  DockerArchiveSource,
  type DockerArchiveSourceOptions,
} from "./archive/docker_archive_source.ts";
export {
  ImageArchiveSource,
  type ImageArchiveSourceOptions,
} from "./archive/image_archive_source.ts";
export {
  LayoutSource,
  type LayoutSourceOptions,
} from "./archive/layout_source.ts";
export { TarFiles, type TarFilesOptions } from "./archive/tar_files.ts";
export {
  type ArchiveSink,
  ImageArchive,
  type ImageArchiveOptions,
} from "./archive/image_archive.ts";
export {
  ImageLayout,
  type ImageLayoutOptions,
  type LayoutStore,
} from "./archive/image_layout.ts";

export { inspectImage, type InspectOptions } from "./transfer/inspect_image.ts";
export {
  inspectLayers,
  type InspectLayersOptions,
} from "./transfer/inspect_layers.ts";
export type {
  InspectedArtifact,
  InspectedImage,
  InspectedLayer,
  InspectedPlatform,
  InspectedStep,
  InspectReport,
  LayerContents,
} from "./transfer/inspect_report.ts";
export { copy, type CopyOptions, type CopyResult } from "./transfer/copy.ts";
export { pull, type PullOptions } from "./transfer/pull.ts";
export { push, type PushResult } from "./transfer/push.ts";
export {
  readPublishable,
  type ReadPublishableOptions,
} from "./transfer/read_publishable.ts";
export { verify, type VerifyOptions } from "./transfer/verify.ts";
export type { VerifyFinding, VerifyReport } from "./transfer/verify_report.ts";
