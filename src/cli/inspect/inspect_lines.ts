import { layerEncoding } from "../../image/layer_descriptor.ts";
import { mediaTypes } from "../../spec/media_types.ts";
import type {
  InspectedArtifact,
  InspectedImage,
  InspectReport,
} from "../../transfer/inspect_report.ts";
import { isReadable } from "../../transfer/inspect_layers.ts";
import { formatBytes } from "../progress/format_amounts.ts";
import { imageSettings, settingRows } from "./image_settings.ts";
import { blobLines, counted, stepLines } from "./layer_lines.ts";
import { Page, type PageOptions, type RowOptions } from "./page.ts";
import { platformLines } from "./platform_lines.ts";
import { referrerLines } from "./referrer_lines.ts";
import { pairTexts } from "./setting_texts.ts";

/** Options of {@linkcode inspectLines}. */
export interface InspectLinesOptions extends PageOptions {
  /** The location as it was written. */
  readonly location: string;
  /** Whether the biggest files of each layer are listed. */
  readonly files: boolean;
}

/** A whole digest fits on a line behind that. */
const HEAD: RowOptions = { column: 8 };
const WHOLE_HEAD: RowOptions = { ...HEAD, isWhole: true };

const NAMES: ReadonlyMap<string, string> = new Map([
  [mediaTypes.oci.manifest, "OCI image"],
  [mediaTypes.oci.index, "OCI index"],
  [mediaTypes.docker.manifest, "Docker image"],
  [mediaTypes.docker.index, "Docker manifest list"],
]);

/** What `inspect` shows to people, line by line. */
export function inspectLines(
  report: InspectReport,
  { location, files, ...drawing }: InspectLinesOptions,
): readonly string[] {
  const page = new Page(drawing);
  const { image, artifact, platforms, referrers } = report;
  const isIndex = image?.digest !== report.digest &&
    artifact?.digest !== report.digest;
  page.block();
  page.row("name", [report.reference ?? location], WHOLE_HEAD);
  page.row("digest", [report.digest], WHOLE_HEAD);
  if (isIndex) {
    const name = NAMES.get(report.mediaType) ?? report.mediaType;
    const count = platforms.filter(({ kind }) => kind === "image").length;
    page.row("type", [`${name} of ${counted(count, "image")}`], HEAD);
    settingRows(page, [
      ["annotations", pairTexts(report.indexAnnotations ?? {})],
    ]);
    platformLines(page, platforms);
    if (image || artifact) page.block();
  }
  if (image) {
    imageHead(page, image, isIndex);
    imageSettings(page, image);
    if (image.layers.length + image.history.length > 0) {
      stepLines(page, image, { files });
    }
  }
  if (artifact) artifactLines(page, artifact, isIndex);
  if (referrers) referrerLines(page, referrers);
  return page.lines;
}

function imageHead(
  page: Page,
  { digest, mediaType, platform, osFeatures = [], ...image }: InspectedImage,
  isIndex: boolean,
): void {
  const name = NAMES.get(mediaType) ?? mediaType;
  if (isIndex) page.row("image", [platform], HEAD);
  if (isIndex) page.row("digest", [digest], WHOLE_HEAD);
  const features = osFeatures.length > 0
    ? ` with ${osFeatures.join(", ")}`
    : "";
  const what = isIndex ? name : `${name} for ${platform}`;
  page.row("type", [what + features], HEAD);
  const room = page.width - HEAD.column;
  const size = sizeTexts(image);
  const fits = size.every((text) => text.length <= room);
  page.row("size", fits ? size : size.flatMap(split), HEAD);
}

function split(text: string): string[] {
  return text.split(/(?<=[,:;]) /);
}

function sizeTexts(
  { layers, layersSize, unpackedSize }: Pick<
    InspectedImage,
    "layers" | "layersSize" | "unpackedSize"
  >,
): string[] {
  if (layers.length === 0) return ["no layers"];
  const inLayers = `in ${counted(layers.length, "layer")}`;
  if (layers.every(({ mediaType }) => layerEncoding(mediaType) === "none")) {
    return [`${formatBytes(layersSize)}, not compressed, ${inLayers}`];
  }
  const size = `${formatBytes(layersSize)} compressed`;
  if (unpackedSize !== undefined) {
    return [`${size}, ${formatBytes(unpackedSize)} unpacked, ${inLayers}`];
  }
  const unread = layers.filter((layer) => !isReadable(layer)).length;
  const wereRead = layers.some(({ contents }) => contents);
  return [
    `${size}, ${inLayers}`,
    wereRead || unread === layers.length
      ? `unpacked size: not known, ${counted(unread, "layer")} cannot be read`
      : "unpacked size: not read; --layers reads the layers",
  ];
}

function artifactLines(
  page: Page,
  artifact: InspectedArtifact,
  isIndex: boolean,
): void {
  const { artifactType, layers, layersSize, subject, annotations } = artifact;
  if (isIndex) page.row("digest", [artifact.digest], WHOLE_HEAD);
  page.row("type", [`${artifactType}, no image`], HEAD);
  page.row(
    "size",
    [`${formatBytes(layersSize)} in ${counted(layers.length, "layer")}`],
    HEAD,
  );
  if (subject) page.row("about", [subject.digest], WHOLE_HEAD);
  settingRows(page, [["annotations", pairTexts(annotations ?? {})]]);
  blobLines(page, layers);
}
