import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { iterateStream } from "../../src/bytes/byte_source.ts";
import {
  ImageArchive,
  type ImageArchiveOptions,
} from "../../src/archive/image_archive.ts";
import type { Publishable } from "../../src/image/publishable.ts";
import { LayoutDirectory } from "../../src/machine/layout_directory.ts";
import { writeWhole } from "../../src/machine/write_whole.ts";
import { parseReference } from "../../src/registry/reference.ts";
import { skipWithout } from "../support/peers.ts";
import { runOk } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";
import {
  amd64,
  arm64,
  attestation,
  index,
  indexOf,
  signature,
} from "./published_samples.ts";

const NAME = "example.test/hello:v1";

/** Writes an archive into a file. */
function writeArchive(
  file: string,
  image: Publishable,
  options: Omit<ImageArchiveOptions, "name"> = {},
): Promise<void> {
  return new ImageArchive(
    (stream) => writeWhole(file, iterateStream(stream)),
    { name: file, ...options },
  ).write(image);
}

/** Writes what `docker load` takes. */
function writeDockerArchive(file: string, image: Publishable): Promise<void> {
  const references = [parseReference(NAME)];
  return writeArchive(file, image, { references, forDocker: true });
}

function writeLayout(
  path: string,
  image: Publishable,
  ...tags: string[]
): Promise<void> {
  return new LayoutDirectory(path, { name: "oci:x", tags }).write(image);
}

/** Has skopeo find a document at a location. */
async function assertAt(location: string, image: Publishable): Promise<void> {
  const raw = await runOk("skopeo", ["inspect", "--raw", location]);
  assert.equal(raw, textOf(image.manifest.bytes));
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Lets skopeo copy an index with all that it names, checking every digest. */
async function copyAll(from: string, to: string): Promise<void> {
  await runOk("skopeo", [
    ...["--insecure-policy", "copy", "--quiet", "--all"],
    ...["--preserve-digests", from, to],
  ]);
}

test("skopeo reads an index from a layout, with all its images", {
  skip: skipWithout("skopeo"),
}, async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "layout");
    await writeLayout(path, index, "v1", "stable");
    await writeLayout(path, arm64, "arm");
    await assertAt(`oci:${path}:v1`, index);
    await assertAt(`oci:${path}:stable`, index);
    await assertAt(`oci:${path}:arm`, arm64);
    await copyAll(`oci:${path}:v1`, `oci:${dir}/copy:v1`);
    await assertAt(`oci:${dir}/copy:v1`, index);
  });
});

test("skopeo reads an index from an archive, with all its images", {
  skip: skipWithout("skopeo"),
}, async () => {
  await withTempDir(async (dir) => {
    const file = join(dir, "index.tar");
    await writeArchive(file, index, { tags: ["v1"] });
    await assertAt(`oci-archive:${file}:v1`, index);
    await copyAll(`oci-archive:${file}`, `oci:${dir}/copy:v1`);
    await assertAt(`oci:${dir}/copy:v1`, index);
  });
});

test("skopeo reads an archive of an index as the image that stands first", {
  skip: skipWithout("skopeo"),
}, async () => {
  await withTempDir(async (dir) => {
    const file = join(dir, "index.tar");
    await writeArchive(file, index);
    await copyAll(`docker-archive:${file}`, `dir:${dir}/copy`);
    const config = await runOk("skopeo", [
      ...["inspect", "--config", "--raw", `docker-archive:${file}`],
    ]);
    assert.equal(config, textOf(amd64.config.bytes));
  });
});

test("umoci lists and unpacks what stands beside an index", {
  skip: skipWithout("umoci"),
}, async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "layout");
    await writeLayout(path, index, "v1");
    await writeLayout(path, amd64, "amd");
    await new LayoutDirectory(path, { name: "oci:x" })
      .write(signature, { tags: [] });
    const list = await runOk("umoci", ["list", "--layout", path]);
    assert.deepEqual(list.trim().split("\n").sort(), ["amd", "v1"]);
    await runOk("umoci", [
      ...["raw", "unpack", "--rootless", "--image", `${path}:amd`],
      join(dir, "rootfs"),
    ]);
  });
});

const attested = await indexOf([amd64, attestation]);

for (
  const [what, image] of [
    ["an image", amd64],
    ["an index of one image and its attestation", attested],
  ] as const
) {
  test(`podman loads ${what} from a Docker archive`, {
    skip: skipWithout("podman"),
  }, async () => {
    await withTempDir(async (dir) => {
      const file = join(dir, "image.tar");
      await writeDockerArchive(file, image);
      const podman = inStorage(dir);
      await runOk("podman", [...podman, "load", "--input", file]);
      const id = await runOk("podman", [
        ...[...podman, "image", "inspect", "--format", "{{.Id}}", NAME],
      ]);
      assert.equal(`sha256:${id.trim()}`, amd64.config.descriptor.digest);
    });
  });

  test(`buildah begins from ${what} in a Docker archive`, {
    skip: skipWithout("buildah"),
  }, async () => {
    await withTempDir(async (dir) => {
      const file = join(dir, "image.tar");
      await writeDockerArchive(file, image);
      const buildah = inStorage(dir);
      await runOk("buildah", [
        ...[...buildah, "from", "--pull-never", `docker-archive:${file}`],
      ]);
      const images = await runOk("buildah", [
        ...[...buildah, "images", "--no-trunc", "--quiet"],
      ]);
      assert.equal(images.trim(), amd64.config.descriptor.digest);
    });
  });
}

/** Options by which podman and buildah keep everything in one directory. */
function inStorage(dir: string): string[] {
  return [
    ...["--root", join(dir, "storage", "root")],
    ...["--runroot", join(dir, "storage", "run")],
    ...["--storage-driver", "vfs"],
  ];
}
