import assert from "node:assert/strict";
import { test } from "node:test";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import type { Index } from "../../src/spec/manifest.ts";
import {
  matchPlatform,
  platformDistance,
} from "../../src/spec/match_platform.ts";
import { parsePlatform, type Platform } from "../../src/spec/platform.ts";
import { readCorpus, skipWithoutCorpora } from "../support/corpora.ts";

const distance = (wanted: string, offered: string) =>
  platformDistance(parsePlatform(wanted), parsePlatform(offered));

function indexOf(
  ...platforms: (string | undefined)[]
): Pick<Index, "manifests"> {
  return {
    manifests: platforms.map((platform, at): Descriptor => ({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: `sha256:${String(at).padStart(64, "0")}`,
      size: at,
      ...(platform !== undefined && { platform: parsePlatform(platform) }),
    })),
  };
}

const chosen = (index: Pick<Index, "manifests">, wanted: string) =>
  matchPlatform(index, parsePlatform(wanted))?.size;

test("a platform fits itself best, and variants that it runs the better the nearer they are", () => {
  assert.equal(distance("linux/arm/v7", "linux/arm/v7"), 0);
  const [near, far] = [
    distance("linux/arm/v7", "linux/arm/v6"),
    distance("linux/arm/v7", "linux/arm/v5"),
  ];
  assert.ok(near !== undefined && far !== undefined && 0 < near && near < far);
  assert.equal(distance("linux/arm/v6", "linux/arm/v7"), undefined);
  assert.equal(distance("linux/amd64", "linux/amd64/v2"), undefined);
  assert.ok(distance("linux/amd64/v3", "linux/amd64"));
});

test("a variant that is usual is meant where none is named", () => {
  assert.equal(distance("linux/arm64", "linux/arm64/v8"), 0);
  assert.equal(distance("linux/arm64/v8", "linux/arm64"), 0);
  assert.equal(distance("linux/arm64/8", "linux/arm64"), 0);
  assert.equal(distance("linux/arm", "linux/arm/v7"), 0);
  assert.equal(distance("linux/amd64/v1", "linux/amd64"), 0);
  assert.ok(distance("linux/arm64/v9", "linux/arm64"));
  assert.ok(distance("linux/arm64/v8.2", "linux/arm64/v8.1"));
  assert.equal(distance("linux/arm64/v8.1", "linux/arm64/v8.2"), undefined);
});

test("another system or architecture never fits", () => {
  assert.equal(distance("linux/amd64", "linux/386"), undefined);
  assert.equal(distance("linux/arm64", "linux/arm/v7"), undefined);
  assert.equal(distance("linux/amd64", "windows/amd64"), undefined);
  assert.equal(distance("linux/arm/v7", "linux/arm/odd"), undefined);
});

test("a build of Windows fits what was made for the same build", () => {
  const at = (version: string) => `windows/amd64:${version}`;
  assert.equal(distance(at("10.0.20348.1"), at("10.0.20348.2582")), 0);
  assert.equal(distance(at("10.0.20348.1"), at("10.0.17763.1")), undefined);
  assert.equal(distance(at("10.0.20348"), at("10.0.20348.7")), 0);
  assert.equal(distance("windows/amd64", at("10.0.20348.7")), 0);
});

test("of an index what fits best is taken, of equals the first (req-033)", () => {
  const index = indexOf(
    "linux/amd64",
    "linux/arm/v6",
    "linux/arm/v7",
    "linux/arm/v7",
    "linux/arm64/v8",
    "linux/arm64",
    "linux/amd64/v2",
    undefined,
  );
  assert.equal(chosen(index, "linux/arm/v7"), 2);
  assert.equal(chosen(index, "linux/arm/v6"), 1);
  assert.equal(chosen(index, "linux/arm/v5"), undefined);
  assert.equal(chosen(index, "linux/arm/v8"), 2);
  assert.equal(chosen(index, "linux/arm64"), 4);
  assert.equal(chosen(index, "linux/amd64"), 0);
  assert.equal(chosen(index, "linux/amd64/v2"), 6);
  assert.equal(chosen(index, "linux/amd64/v4"), 6);
  assert.equal(chosen(index, "linux/s390x"), undefined);
});

interface GoPlatform {
  readonly OS: string;
  readonly Architecture: string;
  readonly Variant?: string;
  readonly OSVersion?: string;
  readonly OSFeatures?: string[];
  readonly Features?: string[];
}

interface Satisfies {
  readonly have: GoPlatform;
  readonly spec: GoPlatform;
  readonly sat: boolean;
}

function ofGo(platform: GoPlatform): Platform {
  const { OS: os, Architecture: architecture, Variant: variant } = platform;
  return {
    os,
    architecture,
    ...(variant !== undefined && { variant }),
    ...(platform.OSVersion !== undefined &&
      { "os.version": platform.OSVersion }),
    ...(platform.OSFeatures && { "os.features": platform.OSFeatures }),
  };
}

test("platforms fit as go-containerregistry has it, but for variants", {
  skip: skipWithoutCorpora,
}, () => {
  const { ggcr } = readCorpus<
    { ggcr: { "TestPlatformSatisfies.tests": Satisfies[] } }
  >("platform/platform.json");
  const rows = ggcr["TestPlatformSatisfies.tests"]
    // Features of processors are in no document that is written today.
    .filter(({ have, spec }) => !have.Features && !spec.Features);
  assert.ok(rows.length > 10);
  for (const { have, spec, sat } of rows) {
    // There, no variant stands for every one; containerd takes the usual one.
    const expected = spec.Variant === undefined && have.Variant !== undefined
      ? false
      : sat;
    const fits = platformDistance(ofGo(spec), ofGo(have)) !== undefined;
    assert.equal(fits, expected, JSON.stringify({ have, spec }));
  }
});
