import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
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
import { packTar } from "modern-tar";
import {
  pathKind,
  type PathLayerOptions,
} from "../../src/machine/create_layer_from_path.ts";
import { LayerError } from "../../src/tar/layer_error.ts";
import { TarError } from "../../src/tar/read/tar_error.ts";
import { failure, header, packed, withSources } from "./path_sources.ts";

const posix = process.platform === "win32" && "Windows has none of these";

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
