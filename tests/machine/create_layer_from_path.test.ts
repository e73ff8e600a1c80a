import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import {
  createLayerFromPath,
  pathKind,
  type PathLayerOptions,
} from "../../src/machine/create_layer_from_path.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import { LowerLayers } from "../../src/tar/lower_layers.ts";
import type { SecretFinding } from "../../src/tree/secrets/secret_finding.ts";
import { pseudoRandom } from "../support/make_tree.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { failure, packed, withSources } from "./path_sources.ts";

const posix = process.platform === "win32" && "Windows has none of these";

test("a directory", { skip: posix }, () =>
  withSources(async (root) => {
    const path = join(root, "dist");
    assert.deepEqual(await packed(path, { prefix: "/app" }), [
      "app/ 755 0:0 0",
      "app/lib/ 750 0:0 0",
      "app/lib/a.js 644 0:0 0 a",
    ]);
    const options = { owner: { uid: 1, gid: 2 }, mtime: 3 };
    assert.deepEqual(
      await packed(path, { ...options, directory: { modes: "git" } }),
      ["lib/ 755 1:2 3", "lib/a.js 644 1:2 3 a"],
    );
    assert.deepEqual(
      await packed(path, { directory: { ignore: { patterns: ["lib/*"] } } }),
      ["lib/ 750 0:0 0"],
    );
  }));

test("a single file", { skip: posix }, () =>
  withSources(async (root) => {
    const path = join(root, "tool");
    assert.deepEqual(await packed(path), ["tool 4750 0:0 0 tool"]);
    assert.deepEqual(
      await packed(path, { prefix: "/usr/bin", name: "renamed", mtime: 9 }),
      [
        "usr/ 755 0:0 9",
        "usr/bin/ 755 0:0 9",
        "usr/bin/renamed 4750 0:0 9 tool",
      ],
    );
    assert.deepEqual(
      await packed(path, {
        mtime: "preserve",
        directory: { modes: "git", ignore: { patterns: ["*"] } },
      }),
      ["tool 755 0:0 1600000000 tool"],
    );
  }));

test("links named as the source are followed, and name the file", {
  skip: posix,
}, () =>
  withSources(async (root) => {
    symlinkSync("tool", join(root, "alias"));
    symlinkSync("dist", join(root, "latest"));
    symlinkSync("site.tgz", join(root, "latest.tar"));
    symlinkSync("site.tar", join(root, "site"));
    assert.deepEqual(await packed(join(root, "alias")), [
      "alias 4750 0:0 0 tool",
    ]);
    assert.equal((await packed(join(root, "latest"))).length, 2);
    assert.equal(
      (await packed(join(root, "latest.tar")))[0],
      "srv/ 2775 7:8 1500000000",
    );
    assert.match((await packed(join(root, "site")))[0] ?? "", /^site 644 /);
  }));

test("a tar, by its name", async () => {
  await withSources(async (root) => {
    const tar = readFileSync(join(root, "site.tar"));
    const diffId = `sha256:${createHash("sha256").update(tar).digest("hex")}`;
    const names = ["a.tar", "a.tar.gz", "a.tgz", "a.tar.zst", "a.tzst"];
    for (const name of [...names, "A.TAR"]) {
      // What it is compressed with shows in its bytes, not in its name.
      const bytes = name === "a.tar" ? gzipSync(tar) : tar;
      writeFileSync(join(root, name), bytes);
      assert.equal(pathKind(join(root, name)), "tar");
      await using layer = await createLayerFromPath(join(root, name));
      assert.equal(layer.diffId, diffId, name);
    }
    for (const name of ["tar", ".tarx", "a.tar.xz", "a.tar.d", "atar"]) {
      writeFileSync(join(root, name), tar);
      assert.equal(pathKind(join(root, name)), "file");
    }
    mkdirSync(join(root, "dir.tar"));
    writeFileSync(join(root, "dir.tar/file"), "");
    assert.equal(pathKind(join(root, "dir.tar")), "directory");
  });
});

test("a tar is taken as it is, or written anew", () =>
  withSources(async (root) => {
    for (const path of [join(root, "site.tar"), join(root, "site.tgz")]) {
      const kept = [
        "srv/ 2775 7:8 1500000000",
        "srv/page 640 7:8 1500000000 page",
      ];
      assert.deepEqual(await packed(path), kept);
      assert.deepEqual(await packed(path, { mtime: "preserve" }), kept);
      assert.deepEqual(await packed(path, { prefix: "/" }), kept);
      assert.deepEqual(
        await packed(path, {
          prefix: "/a",
          owner: { uid: 1, gid: 2 },
          mtime: 3,
        }),
        ["a/ 755 1:2 3", "a/srv/ 2775 1:2 3", "a/srv/page 640 1:2 3 page"],
      );
    }
  }));

/** Lends a tar of 3 MiB, and tells how many descriptors of it are open. */
function withLargeTar(
  use: (path: string, open: () => number) => Promise<void>,
): Promise<void> {
  return withTempDir(async (root) => {
    const path = join(root, "a.tar.gz");
    const body = pseudoRandom(3 << 20);
    const size = body.byteLength;
    const header = { name: "large", size, type: "file" } as const;
    writeFileSync(path, gzipSync(await packTar([{ header, body }])));
    await use(path, () => countOpen(path));
  });
}

/** How many descriptors of a file this process has. */
function countOpen(path: string): number {
  const directory = "/proc/self/fd";
  return readdirSync(directory).filter((descriptor) => {
    try {
      return readlinkSync(join(directory, descriptor)) === path;
    } catch {
      return false; // It was the one that the listing was read by.
    }
  }).length;
}

test("a tar is read twice, and the file closed in between", {
  skip: process.platform !== "linux" && "needs /proc",
}, () =>
  withLargeTar(async (path, open) => {
    const seen: number[] = [];
    await using layer = await createLayerFromPath(path, {
      prefix: "/x",
      compression: "none",
      onArranged: () => void seen.push(open()),
      onProgress: () => void seen.push(open()),
    });
    assert.deepEqual([...new Set(seen), open()].slice(0, 2), [0, 1]);
    assert.equal(open(), 0);
    assert.ok(layer.tarSize > 3 << 20);
  }));

test("an interruption in the middle closes the file", {
  skip: process.platform !== "linux" && "needs /proc",
}, () =>
  withLargeTar(async (path, open) => {
    for (const options of [{}, { prefix: "/x" }]) {
      const stop = new AbortController();
      const { code } = await failure(path, {
        ...options,
        signal: stop.signal,
        onProgress: () => stop.abort(),
      });
      assert.equal(code, "ABORTED");
      // Who reads it notices a moment later.
      for (let turns = 0; open() > 0 && turns < 1000; turns++) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      assert.equal(open(), 0);
    }
  }));

test(
  "what lies in one layer is known to the next",
  { skip: posix },
  () =>
    withSources(async (root) => {
      const below = new LowerLayers();
      const options: PathLayerOptions = {
        lower: (path) => below.find(path),
        onArranged: (entries) => below.add(entries),
      };
      await packed(join(root, "site.tar"), options);
      assert.deepEqual(
        await packed(join(root, "tool"), { ...options, prefix: "/srv" }),
        ["srv/ 2775 7:8 1500000000", "srv/tool 4750 0:0 0 tool"],
      );
    }),
);

test("secrets are reported once for each kind of source", async () => {
  await withTempDir(async (root) => {
    const key = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
    mkdirSync(join(root, "dist"));
    writeFileSync(join(root, "dist/id_rsa"), key);
    writeFileSync(join(root, "id_rsa"), key);
    const size = key.length;
    writeFileSync(
      join(root, "keys.tar"),
      await packTar([
        { header: { name: "./id_rsa", size, type: "file" }, body: key },
        { header: { name: "other", size: 1, type: "file" }, body: "x" },
      ]),
    );
    for (const name of ["dist", "id_rsa", "keys.tar"]) {
      for (const prefix of [undefined, "/x"]) {
        const path = join(root, name);
        const at = prefix === undefined ? {} : { prefix };
        const reports: (readonly SecretFinding[])[] = [];
        const report = (found: readonly SecretFinding[]) =>
          void reports.push(found);
        await packed(path, { ...at, secrets: { report } });
        assert.equal(reports.length, 1, name);
        assert.match(reports[0]?.[0]?.path ?? "", /^(?:\.\/)?id_rsa$/);

        const allow = ["id_rsa"];
        await packed(path, { ...at, secrets: { allow, report } });
        assert.equal(reports.length, 1, name);

        const refusal = new ScratchbuildError("no", { code: "SECRETS" });
        const refuse = () => {
          throw refusal;
        };
        let kept = 0;
        const options = {
          ...at,
          secrets: { report: refuse },
          onKept: ({ size }: { size: number }) => void (kept = size),
        };
        assert.equal(await failure(path, options), refusal);
        assert.equal(kept, 0, "no target was given anything of it");
        await packed(path, { ...at, onKept: options.onKept });
        assert.ok(kept > 0, name);
      }
    }
  });
});
