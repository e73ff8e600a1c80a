import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { packTar, unpackTar } from "modern-tar";
import {
  createLayerFromPath,
  pathKind,
  type PathLayerOptions,
} from "../../src/machine/create_layer_from_path.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import { LayerError } from "../../src/tar/layer_error.ts";
import { LowerLayers } from "../../src/tar/lower_layers.ts";
import { TarError } from "../../src/tar/read/tar_error.ts";
import type { SecretFinding } from "../../src/tree/secrets/secret_finding.ts";
import { pseudoRandom } from "../support/make_tree.ts";
import { withTempDir } from "../support/temp_dir.ts";

const posix = process.platform === "win32" && "Windows has none of these";

/** Lends a directory with something of every kind in it. */
function withSources(use: (root: string) => Promise<void>): Promise<void> {
  return withTempDir(async (root) => {
    mkdirSync(join(root, "dist/lib"), { recursive: true });
    writeFileSync(join(root, "dist/lib/a.js"), "a\n");
    writeFileSync(join(root, "tool"), "tool\n");
    chmodSync(join(root, "dist/lib"), 0o750);
    chmodSync(join(root, "tool"), 0o4750);
    utimesSync(join(root, "tool"), 1_600_000_000, 1_600_000_000);
    const tar = await packTar([
      { header: header("srv/", "directory", 0o2775), body: "" },
      { header: header("srv/page", "file", 0o640), body: "page\n" },
    ]);
    writeFileSync(join(root, "site.tar"), tar);
    writeFileSync(join(root, "site.tgz"), gzipSync(tar));
    await use(root);
  });
}

function header(name: string, type: "file" | "directory", mode: number) {
  const size = type === "file" ? "page\n".length : 0;
  const mtime = new Date(1_500_000_000_000);
  return { name, type, mode, size, mtime, uid: 7, gid: 8 };
}

/** Makes a layer, and reads what is in it: name, mode, owner, time. */
async function packed(
  path: string,
  options: PathLayerOptions = {},
): Promise<string[]> {
  await using layer = await createLayerFromPath(path, {
    compression: "none",
    ...options,
  });
  const tar = new Uint8Array(await new Response(layer.stream()).arrayBuffer());
  return (await unpackTar(tar)).map(({ header, data }) => {
    const { name, mode = 0, uid, gid, mtime } = header;
    const seconds = (mtime?.getTime() ?? NaN) / 1000;
    const text = new TextDecoder().decode(data).trim();
    return `${name} ${mode.toString(8)} ${uid}:${gid} ${seconds} ${text}`
      .trim();
  });
}

/** What packing fails with. */
async function failure(
  path: string,
  options?: PathLayerOptions,
): Promise<ScratchbuildError> {
  try {
    await packed(path, options);
  } catch (error) {
    if (error instanceof ScratchbuildError) return error;
    throw error;
  }
  return assert.fail("it was packed");
}

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

test("a large tar is read twice, and the file closed in between", {
  skip: process.platform !== "linux" && "needs /proc",
}, () =>
  withTempDir(async (root) => {
    const path = join(root, "a.tar");
    const body = pseudoRandom(3 << 20);
    writeFileSync(
      path,
      await packTar([{
        header: { name: "large", size: body.byteLength, type: "file" },
        body,
      }]),
    );
    const open = () =>
      execFileSync("ls", ["-l", `/proc/${process.pid}/fd`]).toString()
        .split("\n").filter((line) => line.endsWith(path)).length;
    const seen: number[] = [];
    await using layer = await createLayerFromPath(path, {
      prefix: "/x",
      compression: "none",
      onArranged: () => void seen.push(open()),
    });
    assert.deepEqual([...seen, open()], [0, 0]);
    assert.ok(layer.tarSize > body.byteLength);
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

test("a tar that changes while it is packed is refused", () =>
  withSources(async (root) => {
    const path = join(root, "site.tar");
    const error = await failure(path, {
      prefix: "/x",
      onArranged: () => utimesSync(path, 1, 1),
    });
    assert.equal(
      error.message,
      `Cannot pack ${path}: it was changed while it was packed`,
    );
  }));

test("errors about a tar name it, and keep their code", () =>
  withSources(async (root) => {
    const path = join(root, "bad.tar");
    const tar = readFileSync(join(root, "site.tar"));
    for (const prefix of [undefined, "/x"]) {
      const options = prefix === undefined ? {} : { prefix };
      writeFileSync(path, tar.subarray(0, 1026));
      const cut = await failure(path, options);
      assert.equal(
        cut.message,
        `Cannot pack ${path}: it is cut off (at byte 1026)`,
      );
      assert.equal(cut.code, "TAR");
      assert.ok(cut.cause instanceof TarError);

      writeFileSync(path, gzipSync(tar).subarray(0, 60));
      const damaged = await failure(path, options);
      assert.equal(
        damaged.message,
        `Cannot pack ${path}: the gzip data is damaged or cut off`,
      );
      assert.equal(damaged.code, "COMPRESSION");

      const entry = { header: header(".wh.x", "file", 0o644), body: "page\n" };
      writeFileSync(path, await packTar([entry]));
      const marker = await failure(path, options);
      assert.ok(marker instanceof LayerError);
      assert.ok(marker.message.startsWith(`Cannot pack ${path}: its entry `));
      assert.match(marker.message, /\.wh\.x: in an image it would not appear/);
      assert.equal(marker.path, path);
    }
  }));

test("a codec that there is not is refused before anything is read", () =>
  withSources(async (root) => {
    for (const name of ["dist", "tool", "site.tar"]) {
      const { message, code } = await failure(join(root, name), {
        compression: "lz4" as "gzip",
      });
      assert.match(message, /^Cannot compress with "lz4": /);
      assert.equal(code, "COMPRESSION");
    }
  }));

test("options that do not fit are refused", () =>
  withSources(async (root) => {
    const cases: [name: string, options: PathLayerOptions, why: string][] = [
      [
        "dist",
        { name: "x" },
        "a name is for single files, and it is a directory",
      ],
      [
        "site.tar",
        { name: "x" },
        "a name is for single files, and it is a tar",
      ],
      [
        "site.tar",
        { directory: { dereference: true } },
        "dereference is for directories, and it is a tar",
      ],
      [
        "site.tar",
        { directory: { modes: "git" } },
        'modes: "git" is for directories and files, and it is a tar',
      ],
    ];
    for (const [name, options, why] of cases) {
      const path = join(root, name);
      const { message, code } = await failure(path, options);
      assert.equal(message, `Cannot pack ${path}: ${why}; leave it out`);
      assert.equal(code, "USAGE");
    }
    const reading = {
      ignore: "off",
      xattrs: "off",
      modes: "preserve",
    } as const;
    await packed(join(root, "site.tar"), { directory: reading });
  }));

test("what no layer can be made of is refused", {
  skip: posix,
}, () =>
  withSources(async (root) => {
    const path = join(root, "odd.tar");
    const odd = "it is no directory, file or tar; name one of these";
    symlinkSync("nowhere", join(root, "dangling"));
    mkdirSync(join(root, "empty"));
    execFileSync("mkfifo", [path]);
    const cases: [name: string, why: string][] = [
      ["missing", "it does not exist; check the path"],
      ["missing.tar", "it does not exist; check the path"],
      ["dangling", "it does not exist; check the path"],
      ["tool/x", "something above it is a file and no directory"],
      [
        "empty",
        "the directory is empty; put there what the image is to hold",
      ],
      ["odd.tar", odd],
    ];
    for (const [name, why] of cases) {
      const source = join(root, name);
      const message = `Cannot pack ${source}: ${why}`;
      assert.throws(() => pathKind(source), { name: "LayerError", message });
      assert.equal((await failure(source)).message, message);
    }
  }));

test("what may not be read is refused before anything is read", {
  skip: posix || process.getuid?.() === 0 && "root may read everything",
}, () =>
  withSources(async (root) => {
    const path = join(root, "site.tar");
    chmodSync(path, 0o000);
    await Promise.resolve();
    assert.throws(() => pathKind(path), {
      message:
        `Cannot pack ${path}: permission denied; make it readable or leave it out`,
    });
  }));

test("an interruption ends the work on every kind", () =>
  withSources(async (root) => {
    for (const name of ["dist", "tool", "site.tar", "site.tgz"]) {
      for (const prefix of [undefined, "/x"]) {
        const { code } = await failure(join(root, name), {
          signal: AbortSignal.abort(),
          ...(prefix !== undefined && { prefix }),
        });
        assert.equal(code, "ABORTED", name);
      }
    }
  }));

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
        const options = { ...at, secrets: { report: refuse } };
        assert.equal(await failure(path, options), refusal);
      }
    }
  });
});
