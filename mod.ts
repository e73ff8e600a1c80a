/**
 * scratchbuild turns directories into container images and puts them into a
 * registry, an OCI layout or an archive, with no Docker daemon, no root and no
 * Dockerfile.
 *
 * This module is the core (`@x/scratchbuild/core`) together with what knows the
 * computer: directories, temporary files, locations.
 *
 * @example
 * ```ts no-eval
 * import { createImage, createLayer, directory, push, Registry } from "@x/scratchbuild";
 *
 * const layer = await createLayer(directory("dist"), { prefix: "/app" });
 * const image = await createImage({
 *   layers: [layer],
 *   config: { Entrypoint: ["/app/server"] },
 * });
 * const { digest } = await push(image, new Registry("localhost:5000/me/app:1.2.0"));
 * console.log(digest);
 * ```
 *
 * @module
 */
export { annotationKeys } from "./src/spec/annotations.ts";
export { canonicalJson } from "./src/spec/canonical_json.ts";
export type { Descriptor } from "./src/spec/descriptor.ts";
export { type Digest, isDigest, parseDigest } from "./src/spec/digest.ts";
export {
  type ErrorCode,
  ScratchbuildError,
  type ScratchbuildErrorOptions,
} from "./src/spec/error.ts";
export type {
  Healthcheck,
  History,
  Image,
  ImageConfig,
  RootFS,
} from "./src/spec/image.ts";
export {
  type Index,
  type Manifest,
  SchemaVersion,
  type Versioned,
} from "./src/spec/manifest.ts";
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
} from "./src/spec/media_types.ts";
export {
  parsePlatform,
  type Platform,
  platformText,
} from "./src/spec/platform.ts";
export { version } from "./src/spec/version.ts";

export {
  type ByteSource,
  bytesSource,
  type SourceVersion,
} from "./src/bytes/byte_source.ts";
export {
  DigestMismatchError,
  type DigestMismatchErrorOptions,
} from "./src/bytes/digest_mismatch_error.ts";
export { DigestStream, type Measured } from "./src/bytes/digest_stream.ts";
export { digestOf } from "./src/bytes/sha256.ts";
export { blobSpool, type Spool, type SpooledBytes } from "./src/bytes/spool.ts";

export type { ArrangedEntry } from "./src/tar/arranged_entry.ts";
export type {
  ArrangeOptions,
  ModeMask,
  Owner,
} from "./src/tar/arrange_options.ts";
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
} from "./src/tar/entry.ts";
export { LayerError } from "./src/tar/layer_error.ts";
export type { LayerWarning, OnLayerWarning } from "./src/tar/layer_warning.ts";
export type { Lower, LowerEntry } from "./src/tar/lower.ts";
export { LowerLayers } from "./src/tar/lower_layers.ts";
export { readTar } from "./src/tar/read/read_tar.ts";
export type { SeekableSource } from "./src/tar/read/tar_bytes.ts";
export type { TarEntry, TarHeader } from "./src/tar/read/tar_entry.ts";
export { TarError } from "./src/tar/read/tar_error.ts";

export { ignoreMatcher } from "./src/tree/ignore/ignore_matcher.ts";
export { IgnoreRules } from "./src/tree/ignore/ignore_rules.ts";
export { parseIgnoreFile } from "./src/tree/ignore/parse_ignore_file.ts";
export {
  guardSecrets,
  type GuardSecretsOptions,
} from "./src/tree/secrets/guard_secrets.ts";
export type { SecretFinding } from "./src/tree/secrets/secret_finding.ts";
export {
  SecretScan,
  type SecretScanOptions,
} from "./src/tree/secrets/secret_scan.ts";

export type {
  Compression,
  CompressOptions,
} from "./src/compression/compress.ts";
export { decompress } from "./src/compression/decompress/decompress.ts";
export {
  type Encoding,
  encodingOf,
} from "./src/compression/decompress/encoding.ts";

export type {
  ContainerImage,
  CreatedLayer,
  Layer,
  LayerEncoding,
} from "./src/image/container_image.ts";
export type {
  BlobOrigin,
  Document,
  ManifestDocument,
} from "./src/image/document.ts";
export {
  type Artifact,
  type ContainerIndex,
  type Contents,
  contentsOf,
  isIndex,
  type Publishable,
} from "./src/image/publishable.ts";
export { createIndex, type IndexOptions } from "./src/image/create_index.ts";
export { baseLower, type BaseLowerOptions } from "./src/image/base_lower.ts";
export { createImage, type ImageOptions } from "./src/image/create_image.ts";
export { type ImageBlob, imageBlobs } from "./src/image/image_blobs.ts";
export { type ConfigChange, diffConfigs } from "./src/image/diff_configs.ts";
export {
  diffImages,
  type DiffImagesOptions,
  type ImageDifference,
} from "./src/image/diff_images.ts";
export {
  diffTrees,
  type DiffTreesOptions,
  type ItemAspect,
  type ItemChange,
  type TreeDifference,
} from "./src/image/diff_trees.ts";
export { entryItems, type EntryItemsOptions } from "./src/image/entry_items.ts";
export type { ImageItem } from "./src/image/image_item.ts";
export type { ImageTree, OpenFileOptions } from "./src/image/image_tree.ts";
export {
  readImageTree,
  type ReadTreeOptions,
} from "./src/image/read_image_tree.ts";
export { mergeImageConfig } from "./src/image/merge_image_config.ts";
export type { LayerOptions } from "./src/image/create_layer.ts";
export type { TarLayerOptions } from "./src/image/create_layer_from_tar.ts";
export type {
  CompressedRecord,
  LayerCache,
  LayerRecord,
} from "./src/image/layer_cache.ts";
export type { BlockCache } from "./src/compression/block_cache.ts";
export type { ReusableLayers } from "./src/image/reusable_layers.ts";
export type { SealOptions } from "./src/image/seal_layer.ts";

export type {
  BlobOptions,
  ImageSource,
  ManifestOptions,
  ReferrersOptions,
} from "./src/target/image_source.ts";
export type { ImageTarget, WriteOptions } from "./src/target/image_target.ts";
export type { PlannedContent } from "./src/target/planned_content.ts";
export type { LayerAhead, LayersAhead } from "./src/target/layers_ahead.ts";
export type { Progress } from "./src/target/progress.ts";

export {
  type Challenge,
  parseChallenges,
} from "./src/registry/http/challenge.ts";
export type { Clock } from "./src/registry/http/clock.ts";
export type { RetryEvent, RetryOptions } from "./src/registry/http/retries.ts";
export type { RegistryWarning } from "./src/registry/http/warning_log.ts";
export type {
  AccessReport,
  LoginReport,
} from "./src/registry/auth/access_report.ts";
export type {
  Credential,
  CredentialRequest,
  Credentials,
} from "./src/registry/auth/credentials.ts";
export type { PushImageOptions } from "./src/registry/push/push_image.ts";
export type { UploadOptions } from "./src/registry/push/upload_options.ts";
export type {
  UploadJournal,
  UploadKey,
  UploadRecord,
} from "./src/registry/push/upload_journal.ts";
export { UploadMemory } from "./src/registry/push/upload_memory.ts";
export { parseReference, type Reference } from "./src/registry/reference.ts";
export { ReferenceSyntaxError } from "./src/registry/reference_syntax_error.ts";
export {
  RegistryError,
  type RegistryErrorEntry,
  type RegistryErrorOptions,
} from "./src/registry/registry_error.ts";
export type {
  Fetch,
  TransportOptions,
} from "./src/registry/http/transport_options.ts";
export type { Upload, UploadRequest } from "./src/registry/http/upload.ts";

export type { ArchiveFiles } from "./src/archive/archive_files.ts";
export {
  DockerArchiveSource,
  type DockerArchiveSourceOptions,
} from "./src/archive/docker_archive_source.ts";
export {
  ImageArchiveSource,
  type ImageArchiveSourceOptions,
} from "./src/archive/image_archive_source.ts";
export {
  LayoutSource,
  type LayoutSourceOptions,
} from "./src/archive/layout_source.ts";
export { TarFiles, type TarFilesOptions } from "./src/archive/tar_files.ts";
export {
  type ArchiveSink,
  ImageArchive,
  type ImageArchiveOptions,
} from "./src/archive/image_archive.ts";
export {
  ImageLayout,
  type ImageLayoutOptions,
  type LayoutStore,
} from "./src/archive/image_layout.ts";

export {
  inspectImage,
  type InspectOptions,
} from "./src/transfer/inspect_image.ts";
export {
  inspectLayers,
  type InspectLayersOptions,
} from "./src/transfer/inspect_layers.ts";
export type {
  InspectedArtifact,
  InspectedImage,
  InspectedLayer,
  InspectedPlatform,
  InspectedStep,
  InspectReport,
  LayerContents,
} from "./src/transfer/inspect_report.ts";
export {
  copy,
  type CopyOptions,
  type CopyResult,
} from "./src/transfer/copy.ts";
export { pull, type PullOptions } from "./src/transfer/pull.ts";
export { push, type PushResult } from "./src/transfer/push.ts";
export {
  readPublishable,
  type ReadPublishableOptions,
} from "./src/transfer/read_publishable.ts";
export { verify, type VerifyOptions } from "./src/transfer/verify.ts";
export type {
  VerifyFinding,
  VerifyReport,
} from "./src/transfer/verify_report.ts";

export { createLayer, createLayerFromTar } from "./src/machine/create_layer.ts";
export {
  createLayerFromPath,
  type PathLayerOptions,
} from "./src/machine/create_layer_from_path.ts";
export type {
  DockerCredentialsOptions,
  SearchedPlace,
} from "./src/machine/credentials/credential_options.ts";
export { dockerCredentials } from "./src/machine/credentials/docker_credentials.ts";
export { eraseCredential } from "./src/machine/credentials/erase_credential.ts";
export {
  findCredential,
  type FoundCredential,
} from "./src/machine/credentials/find_credential.ts";
export type { Environment } from "./src/machine/credentials/places.ts";
export type {
  HelperAnswer,
  HelperCall,
  RunHelper,
} from "./src/machine/credentials/run_helper.ts";
export {
  type NewCredential,
  saveCredential,
  type SavedCredential,
} from "./src/machine/credentials/save_credential.ts";
export {
  directory,
  type DirectoryOptions,
} from "./src/machine/directory/directory.ts";
export { fileSpool } from "./src/machine/file_spool.ts";
export { LayoutDirectory } from "./src/machine/layout_directory.ts";
export {
  type Location,
  parseLocation,
  type ParseLocationOptions,
} from "./src/machine/location.ts";
export {
  openSource,
  type OpenSourceOptions,
} from "./src/machine/open_source.ts";
export { openTarget } from "./src/machine/open_target.ts";
export type {
  ConnectionOptions,
  Variables,
} from "./src/machine/http/connection_options.ts";
export {
  type NodeClient,
  nodeClient,
  type NodeClientOptions,
} from "./src/machine/http/node_client.ts";
export { Registry, type RegistryOptions } from "./src/machine/registry.ts";
export { Registry as CoreRegistry } from "./src/registry/registry.ts";
export type { RegistryOptions as CoreRegistryOptions } from "./src/registry/registry.ts";
export { tarDirectory } from "./src/machine/tar_directory.ts";
export {
  fileLayerCache,
  type FileLayerCacheOptions,
} from "./src/machine/file_layer_cache.ts";
export { fileUploadJournal } from "./src/machine/upload_journal.ts";
export {
  type Checkout,
  checkoutAnnotations,
  type CheckoutOptions,
  readCheckout,
} from "./src/machine/vcs/read_checkout.ts";

export { Client, type ClientOptions } from "./src/client.ts";
