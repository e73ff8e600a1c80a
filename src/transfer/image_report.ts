import { annotationKeys } from "../spec/annotations.ts";
import { checkImage } from "../spec/check_image.ts";
import { isObject } from "../spec/check_descriptor.ts";
import type { Healthcheck, Image, ImageConfig } from "../spec/image.ts";
import type { Manifest } from "../spec/manifest.ts";
import type { Refuse } from "../spec/parse_json.ts";
import { platformText } from "../spec/platform.ts";
import type { ImageManifest } from "./find_image.ts";
import type {
  InspectedImage,
  InspectedLayer,
  InspectedStep,
} from "./inspect_report.ts";

/**
 * What a manifest and its configuration say of an image. Members that are not
 * what they should be are left out: whoever looks at an image wants to see the
 * rest.
 *
 * @param bytes The configuration.
 * @param refuse Makes an error of why it is no configuration.
 * @throws What `refuse` makes.
 */
export function imageReport(
  { descriptor, value }: ImageManifest,
  bytes: Uint8Array,
  refuse: Refuse,
): InspectedImage {
  const image = checkImage(bytes, refuse);
  const { created, author, config = {} } = image;
  const osFeatures = texts(image["os.features"]);
  const { annotations } = value;
  const steps = stepsOf(image, value);
  const layers = layersOf(image, value, steps);
  const layersSize = layers.reduce((sum, { size }) => sum + size, 0);
  return {
    digest: descriptor.digest,
    mediaType: descriptor.mediaType,
    configDigest: value.config.digest,
    platform: platformText(image),
    ...(osFeatures && { osFeatures }),
    ...(created !== undefined && { created }),
    ...(author !== undefined && { author }),
    ...settingsOf(config),
    ...(annotations && { annotations, ...baseOf(annotations) }),
    layers,
    history: steps,
    layersSize,
    size: descriptor.size + value.config.size + layersSize,
  };
}

function settingsOf(config: ImageConfig): Partial<InspectedImage> {
  const { Healthcheck: healthcheck } = config;
  const found = {
    entrypoint: texts(config.Entrypoint),
    cmd: texts(config.Cmd),
    env: texts(config.Env),
    labels: pairs(config.Labels),
    user: text(config.User),
    workdir: text(config.WorkingDir),
    ports: names(config.ExposedPorts),
    volumes: names(config.Volumes),
    stopSignal: text(config.StopSignal),
    healthcheck: isObject(healthcheck) ? healthcheck as Healthcheck : undefined,
  };
  return Object.fromEntries(
    Object.entries(found).filter(([, value]) => value !== undefined),
  );
}

function baseOf(
  annotations: Readonly<Record<string, string>>,
): Pick<InspectedImage, "base"> {
  const name = annotations[annotationKeys.baseName];
  const digest = annotations[annotationKeys.baseDigest];
  if (name === undefined && digest === undefined) return {};
  return {
    base: {
      ...(name !== undefined && { name }),
      ...(digest !== undefined && { digest }),
    },
  };
}

/** The steps, each with its layer where there are as many as there are layers. */
function stepsOf(
  { history = [] }: Image,
  { layers }: Manifest,
): InspectedStep[] {
  const makers = history.filter((entry) => !entry.empty_layer);
  const goesWithLayers = makers.length === layers.length;
  let position = 0;
  return history.map((entry) => {
    const { created_by: createdBy, created, author, comment } = entry;
    return {
      ...(createdBy !== undefined && { createdBy }),
      ...(created !== undefined && { created }),
      ...(author !== undefined && { author }),
      ...(comment !== undefined && { comment }),
      ...(goesWithLayers && !entry.empty_layer && { layer: position++ }),
    };
  });
}

function layersOf(
  { rootfs: { diff_ids: diffIds } }: Image,
  { layers }: Manifest,
  steps: readonly InspectedStep[],
): InspectedLayer[] {
  const makers = steps.filter(({ layer }) => layer !== undefined);
  return layers.map((descriptor, position) => {
    const { digest, mediaType, size, annotations, urls } = descriptor;
    const diffId = diffIds.length === layers.length
      ? diffIds[position]
      : undefined;
    const createdBy = makers[position]?.createdBy;
    return {
      digest,
      ...(diffId !== undefined && { diffId }),
      mediaType,
      size,
      ...(createdBy !== undefined && { createdBy }),
      ...(annotations && { annotations }),
      ...(urls && { urls }),
    };
  });
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function texts(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found = value.filter((item) => typeof item === "string");
  return found.length > 0 ? found : undefined;
}

function names(value: unknown): string[] | undefined {
  if (!isObject(value)) return undefined;
  const found = Object.keys(value);
  return found.length > 0 ? found : undefined;
}

function pairs(value: unknown): Record<string, string> | undefined {
  if (!isObject(value)) return undefined;
  const found = Object.entries(value).filter((pair): pair is [string, string] =>
    typeof pair[1] === "string"
  );
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
