import { driveFault } from "../spec/config_rules.ts";
import { isDateTime } from "../spec/date_time.ts";
import { mediaTypes } from "../spec/media_types.ts";
import type { Platform } from "../spec/platform.ts";
import { checkImageConfig } from "./check_image_config.ts";
import { checkTexts, shown } from "./check_texts.ts";
import type { ImageOptions } from "./create_image.ts";

/**
 * Looks for options of which no image could be made.
 *
 * @param created The time of the image.
 * @param refuse Is called with what is wrong; it throws.
 */
export function checkImageOptions(
  options: ImageOptions,
  created: string,
  refuse: (why: string) => void,
): void {
  const { format = "oci", annotations, author, config = {} } = options;
  if (options.layers.length === 0 && !options.base?.layers.length) {
    // The schema of the specification and some consumers want one.
    refuse("it has no layer; give it one, an empty one where nothing is in it");
  }
  if (!Object.hasOwn(mediaTypes, format)) {
    refuse(`the format ${JSON.stringify(format)} is neither oci nor docker`);
  }
  checkTexts("annotation", annotations, refuse);
  if (format === "docker" && Object.keys(annotations ?? {}).length > 0) {
    refuse(
      "a Docker manifest has no annotations; use labels or the format oci",
    );
  }
  if (options.platform) checkPlatform(options.platform, refuse);
  if (!isDateTime(created)) {
    refuse(
      `the time ${JSON.stringify(created)} is not an RFC 3339 date and time, ` +
        "as in 2026-01-31T12:00:00Z",
    );
  }
  if (author !== undefined && typeof author !== "string") {
    refuse("the author is no text");
  }
  checkImageConfig(config, refuse);
  const { WorkingDir = "", Volumes = {} } = config;
  for (const path of [WorkingDir, ...Object.keys(Volumes)]) {
    const fault = driveFault(path, options.platform?.os ?? "linux");
    if (fault) refuse(`its path cannot be ${shown(path)}: ${fault}`);
  }
}

function checkPlatform(
  platform: Platform,
  refuse: (why: string) => void,
): void {
  const { os, architecture, variant } = platform;
  if (!isName(os) || !isName(architecture)) {
    refuse("the platform needs an operating system and an architecture");
  }
  if (variant !== undefined && !isName(variant)) {
    refuse("the variant of the platform is no text, or an empty one");
  }
  const version = platform["os.version"];
  if (version !== undefined && !isName(version)) {
    refuse("the os.version of the platform is no text, or an empty one");
  }
  const features = platform["os.features"];
  if (
    features !== undefined &&
    !(Array.isArray(features) && features.every(isName))
  ) {
    refuse("the os.features of the platform are not a list of texts");
  }
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
