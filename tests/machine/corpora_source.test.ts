import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { parseLocation } from "../../src/machine/location.ts";
import { openSource } from "../../src/machine/open_source.ts";
import { pull } from "../../src/transfer/pull.ts";
import { readThrough } from "../archive/read_samples.ts";
import { corpusFile, skipWithoutCorpora } from "../support/corpora.ts";

const skip = { skip: skipWithoutCorpora };
const open = (location: string) => openSource(parseLocation(location));
const layout = (name: string) => `oci:${corpusFile(`ggcr-layout/${name}`)}`;

/** What becomes of the archives of go-containerregistry. */
const ARCHIVES: Readonly<Record<string, RegExp | readonly string[]>> = {
  "ggcr-tarball/content.tar": /it is no Docker archive/,
  "ggcr-tarball/hello-world-v25.tar": [""],
  "ggcr-tarball/no_manifest.tar":
    /no manifest\.json: a Docker before 1\.10 wrote it/,
  "ggcr-tarball/null_manifest.tar": /its manifest\.json, it is not a list/,
  "ggcr-tarball/test_bundle.tar": [":test_image_1", ":test_image_2"],
  "ggcr-tarball/test_image_1.tar": ["", ":bazel/v1/tarball:test_image_1"],
  "ggcr-tarball/test_image_2.tar": ["", ":bazel/v1/tarball:test_image_2"],
  "ggcr-tarball/test_link.tar": [
    ":bazel/v1/tarball:test_image_1",
    ":bazel/v1/tarball:test_image_3",
  ],
  "ggcr-tarball/test_load_manifest.tar": [""],
  "ggcr-whiteout/overwritten_file.tar": [""],
  "ggcr-whiteout/source_image.tar": [""],
  "ggcr-whiteout/source_image_with_empty_layer_history.tar": [""],
  "ggcr-whiteout/whiteout_dir.tar": ["", ":localhost:5000/whiteout"],
  "ggcr-whiteout/whiteout_image.tar": [""],
};

for (const [path, expected] of Object.entries(ARCHIVES)) {
  test(`go-containerregistry: ${path}`, skip, async () => {
    const file = corpusFile(path);
    if (expected instanceof RegExp) {
      await assert.rejects(
        readThrough(open(`docker-archive:${file}`)),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, "ARCHIVE");
          assert.match(error.message, expected);
          return true;
        },
      );
      await assert.rejects(readThrough(open(file)), { code: "ARCHIVE" });
      return;
    }
    const digests = new Set<string>();
    for (const name of expected) {
      const source = open(`docker-archive:${file}${name}`);
      digests.add(await readThrough(source));
      const { layers, config } = await pull(source);
      assert.deepEqual(
        layers.map(({ diffId }) => diffId),
        config.value.rootfs.diff_ids,
      );
    }
    const isOne = expected.includes("");
    assert.equal(digests.size, isOne ? 1 : expected.length);
    if (!isOne) {
      await assert.rejects(readThrough(open(file)), {
        message: /choose one by its name/,
      });
    } else assert.ok(digests.has(await readThrough(open(file))));
  });
}

test("go-containerregistry: every archive is known here", skip, () => {
  const found = ["ggcr-tarball", "ggcr-whiteout"].flatMap((folder) =>
    readdirSync(corpusFile(folder)).map((name) => `${folder}/${name}`)
  );
  assert.deepEqual(
    found.filter((path) => path.endsWith(".tar")).sort(),
    Object.keys(ARCHIVES).sort(),
  );
});

test(
  "go-containerregistry: Docker 25 keeps the digest of its image",
  skip,
  async () => {
    const file = corpusFile("ggcr-tarball/hello-world-v25.tar");
    for (const location of [file, `docker-archive:${file}`]) {
      assert.equal(
        await readThrough(open(location)),
        "sha256:411caf340c828657e915a83ed561a79d2b8150dabad4dc079d881cbfe6f86afe",
      );
    }
    // The index of its layout names no image.
    await assert.rejects(readThrough(open(`oci-archive:${file}`)), {
      message: /it holds no image; .*write docker-archive:FILE$/,
    });
  },
);

test("go-containerregistry: test_index_one_image", skip, async () => {
  const source = open(layout("test_index_one_image"));
  assert.equal((await pull(source)).layers.length, 1);
  assert.equal(
    await readThrough(source),
    "sha256:98ceaf93e482fe91b9bfd6bba07137c098e49ee2d55e69f09fb6c951e75e0e46",
  );
});

test(
  "go-containerregistry: test_index_media_type is no image and is read",
  skip,
  async () => {
    const source = open(layout("test_index_media_type"));
    assert.equal(
      await readThrough(source),
      "sha256:b544f71ecd82372bc9a3c0dbef378abfd2734fe437df81ff6e242a0d720d8e3e",
    );
    await assert.rejects(pull(source), {
      code: "IMAGE",
      message: /its configuration is application\/vnd\.cncf\.helm/,
    });
  },
);

for (const name of ["test_index", "test_gc_index"]) {
  test(
    `go-containerregistry: ${name} has indexes, and manifests that say two things`,
    skip,
    async () => {
      const tags = name === "test_index"
        ? ["1", "2", "3", "4"]
        : ["1", "3", "4"];
      const whole = open(layout(name));
      assert.deepEqual(await Array.fromAsync(whole.tags?.() ?? []), tags);
      await assert.rejects(whole.manifest(), {
        message: new RegExp(`choose one by its tag: ${tags.join(", ")}$`),
      });
      assert.equal((await whole.manifest("3")).kind, "index");
      assert.equal((await whole.manifest("4")).kind, "index");
      // Named as manifests of OCI, they are manifests of Docker.
      for (const tag of ["1", "3", "4"]) {
        await readThrough(open(`${layout(name)}:${tag}`));
      }
    },
  );
}

test(
  "go-containerregistry: test_gc_image_unknown_mediatype",
  skip,
  async () => {
    const source = open(layout("test_gc_image_unknown_mediatype"));
    await assert.rejects(source.manifest(), {
      code: "ARCHIVE",
      message: /type application\/vnd\.oci\.descriptor\.v1\+json are not known/,
    });
  },
);
