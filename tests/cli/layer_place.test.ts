import assert from "node:assert/strict";
import { test } from "node:test";
import { type LayerPlace, layerPlace } from "../../src/cli/layer_place.ts";
import { parseSource } from "../../src/cli/parse/parse_source.ts";
import type { PathKind } from "../../src/machine/create_layer_from_path.ts";

function assertPlaces(
  kind: PathKind,
  rows: readonly [text: string, place: LayerPlace][],
): void {
  for (const [text, place] of rows) {
    assert.deepEqual(layerPlace(parseSource(text, false), kind), place, text);
  }
}

test("a directory goes to DEST, else to the root", () => {
  const createdBy = "scratchbuild: files in /";
  assertPlaces("directory", [
    ["dist", { label: "/", createdBy, prefix: "/" }],
    ["x.tar:/", { label: "/", createdBy, prefix: "/" }],
    [
      "dist:/app/",
      { label: "/app", createdBy: `${createdBy}app`, prefix: "/app" },
    ],
  ]);
});

test("a file goes to DEST, or into it where that ends in a slash", () => {
  const at = (prefix: string, name: string): LayerPlace => {
    const path = `${prefix === "/" ? "" : prefix}/${name}`;
    const createdBy = `scratchbuild: file ${path}`;
    return { label: path, createdBy, prefix, name };
  };
  assertPlaces("file", [
    ["dist/server", at("/", "server")],
    ["dist/server:/", at("/", "server")],
    ["dist/server:/app", at("/", "app")],
    ["dist/server:/app/", at("/app", "server")],
    ["dist/server:/app/.", at("/app", "server")],
    ["dist/server:/usr/bin/main", at("/usr/bin", "main")],
    ["dist/../server", at("/", "server")],
    ["/etc/a b:/etc/", at("/etc", "a b")],
  ]);
});

test("a tar stays as it is unless it has a DEST", () => {
  assertPlaces("tar", [
    [
      "out/rootfs.tar.gz",
      { label: "rootfs.tar.gz", createdBy: "scratchbuild: a tar as it was" },
    ],
    ["rootfs.tar:/", {
      label: "/",
      createdBy: "scratchbuild: files of a tar in /",
      prefix: "/",
    }],
    ["rootfs.tar:/srv", {
      label: "/srv",
      createdBy: "scratchbuild: files of a tar in /srv",
      prefix: "/srv",
    }],
  ]);
});
