import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmod,
  mkdir,
  readFile,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { withTempDir } from "../support/temp_dir.ts";
import { built, type BuiltEntry, namesIn } from "./built_layers.ts";

/** Lends a directory with sources of every kind. */
function withSources(use: (root: string) => Promise<void>): Promise<void> {
  return withTempDir(async (root) => {
    await mkdir(join(root, "dist/lib"), { recursive: true });
    await writeFile(join(root, "dist/main"), "main\n");
    await writeFile(join(root, "dist/lib/a.js"), "a\n");
    await chmod(join(root, "dist/main"), 0o750);
    await chmod(join(root, "dist/lib"), 0o755);
    await writeFile(join(root, "tool"), "tool\n");
    await chmod(join(root, "tool"), 0o755);
    await utimes(join(root, "tool"), 1_600_000_000, 1_600_000_000.25);
    const tar = await packTar([
      { header: header("srv/", "directory", 0o2775), body: "" },
      { header: header("srv/page", "file", 0o640), body: "page\n" },
    ]);
    await writeFile(join(root, "site.tar"), tar);
    await writeFile(join(root, "site.tar.gz"), gzipSync(tar));
    await use(root);
  });
}

function header(name: string, type: "file" | "directory", mode: number) {
  const size = type === "file" ? "page\n".length : 0;
  const mtime = new Date(1_500_000_000_000);
  return { name, type, mode, size, mtime, uid: 7, gid: 8 };
}

/** One attribute of every entry of a layer. */
function each<K extends keyof BuiltEntry>(
  layer: readonly BuiltEntry[] | undefined,
  key: K,
): BuiltEntry[K][] {
  return (layer ?? []).map((entry) => entry[key]);
}

test("directories, files and tars are layers of one image", () =>
  withSources(async (root) => {
    const { status, stderr, layers, history } = await built([
      ...[`${root}/dist:/app`, `${root}/tool`],
      ...[`${root}/tool:/usr/bin/`, `${root}/tool:/etc/renamed`],
      ...[`${root}/site.tar`, `${root}/site.tar.gz:/data`],
    ]);
    assert.equal(status, 0, stderr);
    assert.deepEqual(layers.map(namesIn), [
      ["app/", "app/lib/", "app/lib/a.js", "app/main"],
      ["tool"],
      ["usr/", "usr/bin/", "usr/bin/tool"],
      ["etc/", "etc/renamed"],
      ["srv/", "srv/page"],
      ["data/", "data/srv/", "data/srv/page"],
    ]);
    assert.deepEqual(layers.map((layer) => layer.at(-1)?.text), [
      "main\n",
      ...["tool\n", "tool\n", "tool\n", "page\n", "page\n"],
    ]);
    assert.deepEqual(history, [
      "scratchbuild: files in /app",
      "scratchbuild: file /tool",
      "scratchbuild: file /usr/bin/tool",
      "scratchbuild: file /etc/renamed",
      "scratchbuild: a tar as it was",
      "scratchbuild: files of a tar in /data",
    ]);
    assert.deepEqual(
      stderr.split("\n").map((line) => line.split(": ")[0]).slice(0, 6),
      ["/app", "/tool", "/usr/bin/tool", "/etc/renamed", "site.tar", "/data"]
        .map((label) => `packed ${label}`),
    );
  }));

test("one source twice is two layers, and two may have one place", () =>
  withSources(async (root) => {
    const { diffIds, layers } = await built([
      ...[`${root}/dist:/app`, `${root}/dist:/app`, `${root}/tool:/app/`],
    ]);
    assert.equal(diffIds.length, 3);
    assert.equal(diffIds[0], diffIds[1]);
    assert.deepEqual(namesIn(layers[2]), ["app/", "app/tool"]);
  }));

test("a directory may be named like a tar", () =>
  withSources(async (root) => {
    const path = join(root, "app.tar");
    await mkdir(path);
    await writeFile(join(path, "file"), "");
    const { layers } = await built([`${path}:/x`]);
    assert.deepEqual(namesIn(layers[0]), ["x/", "x/file"]);
  }));

test("a link named as the source is followed, and names the file", () =>
  withSources(async (root) => {
    await symlink("tool", join(root, "alias"));
    await symlink("dist", join(root, "latest"));
    const { layers } = await built([`${root}/alias`, `${root}/latest:/l`]);
    assert.deepEqual(namesIn(layers[0]), ["alias"]);
    assert.equal(layers[0]?.[0]?.text, "tool\n");
    assert.ok(namesIn(layers[1]).includes("l/main"));
  }));

test("a tar without DEST is the layer byte for byte", () =>
  withSources(async (root) => {
    const tar = await readFile(join(root, "site.tar"));
    const hash = createHash("sha256").update(tar).digest("hex");
    const cases: [
      argv: string[],
      env: Record<string, string>,
      same: boolean,
    ][] = [
      [[`${root}/site.tar`], {}, true],
      [[`${root}/site.tar.gz`], { SOURCE_DATE_EPOCH: "5" }, true],
      [[`${root}/site.tar`, "--mtime", "preserve"], {}, true],
      [[`${root}/site.tar:/x`], {}, false],
      [[`${root}/site.tar`, "--mtime", "5"], {}, false],
      [[`${root}/site.tar`, "--owner", "1:1"], {}, false],
    ];
    for (const [argv, env, same] of cases) {
      const { diffIds: [diffId], stderr } = await built(argv, env);
      assert.equal(diffId === `sha256:${hash}`, same, argv.join(" ") + stderr);
    }
  }));

test("the owners and times of a tar change where they are named only", () =>
  withSources(async (root) => {
    const env = { SOURCE_DATE_EPOCH: "1700000000" };
    const tar = `${root}/site.tar:/`;
    const kept = (await built([tar], env)).layers[0];
    assert.deepEqual(each(kept, "owner"), ["7:8", "7:8"]);
    assert.deepEqual(each(kept, "mtime"), [1_500_000_000, 1_500_000_000]);
    assert.deepEqual(each(kept, "mode"), ["2775", "640"]);
    const flags = ["--owner", "0:5", "--mtime", "9"];
    const changed = (await built([tar, ...flags], env)).layers[0];
    assert.deepEqual(each(changed, "owner"), ["0:5", "0:5"]);
    assert.deepEqual(each(changed, "mtime"), [9, 9]);
  }));

test("--owner and --mtime count for directories and files", () =>
  withSources(async (root) => {
    const sources = [`${root}/dist:/d`, `${root}/tool:/d/`];
    const all = async (flags: string[], env = {}) =>
      (await built([...sources, ...flags], env)).layers.flat();
    const plain = await all([]);
    assert.deepEqual([...new Set(each(plain, "owner"))], ["0:0"]);
    assert.deepEqual([...new Set(each(plain, "mtime"))], [0]);
    const set = await all(["--owner", "3:4"], { SOURCE_DATE_EPOCH: "7" });
    assert.deepEqual([...new Set(each(set, "owner"))], ["3:4"]);
    assert.deepEqual([...new Set(each(set, "mtime"))], [7]);
    const own = await all(["--mtime", "preserve"], { SOURCE_DATE_EPOCH: "7" });
    assert.equal(own.at(-1)?.mtime, 1_600_000_000.25);
  }));

test("--modes git knows two modes", () =>
  withSources(async (root) => {
    await chmod(join(root, "dist/lib/a.js"), 0o600);
    await chmod(join(root, "dist/lib"), 0o700);
    const argv = [`${root}/dist`, `${root}/tool`];
    const kept = (await built(argv)).layers.flat();
    assert.deepEqual(each(kept, "mode"), ["700", "600", "750", "755"]);
    const git = (await built([...argv, "--modes", "git"])).layers.flat();
    assert.deepEqual(each(git, "mode"), ["755", "644", "755", "755"]);
  }));

test("parents have the attributes that they have in the layers below", () =>
  withSources(async (root) => {
    await mkdir(join(root, "base/etc"), { recursive: true });
    await writeFile(join(root, "base/etc/x"), "");
    await chmod(join(root, "base/etc"), 0o2750);
    const { layers } = await built([
      ...[`${root}/base`, `${root}/site.tar`],
      ...[`${root}/tool:/etc/`, `${root}/tool:/srv/`],
    ]);
    const parent = (layer: number) => {
      const { name, mode, owner, mtime } = layers[layer]?.[0] ?? {};
      return { name, mode, owner, mtime };
    };
    assert.deepEqual(parent(2), {
      ...{ name: "etc/", mode: "2750", owner: "0:0", mtime: 0 },
    });
    assert.deepEqual(parent(3), {
      ...{ name: "srv/", mode: "2775", owner: "7:8", mtime: 1_500_000_000 },
    });
  }));

test("a link to a directory in a lower layer stays", () =>
  withSources(async (root) => {
    await mkdir(join(root, "base/usr/bin"), { recursive: true });
    await symlink("usr/bin", join(root, "base/bin"));
    const { layers } = await built([`${root}/base`, `${root}/tool:/bin/`]);
    assert.deepEqual(namesIn(layers[1]), ["usr/", "usr/bin/", "usr/bin/tool"]);
  }));

test("--dereference packs what links lead to", () =>
  withSources(async (root) => {
    await symlink("lib", join(root, "dist/link"));
    const plain = (await built([`${root}/dist`])).layers[0];
    assert.deepEqual(
      plain?.filter(({ type }) => type === "symlink").map(({ target }) =>
        target
      ),
      ["lib"],
    );
    const { layers } = await built([`${root}/dist`, "--dereference"]);
    assert.ok(namesIn(layers[0]).includes("link/a.js"));
    await symlink("../tool", join(root, "dist/out"));
    const { status, stderr } = await built([`${root}/dist`, "--dereference"]);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^scratchbuild: Cannot pack [^\n]*dist\/out: [^\n]+\n$/,
    );
  }));

test("ignore files: those of the directory, another one, none", () =>
  withSources(async (root) => {
    const file = (name: string, text: string) =>
      writeFile(join(root, name), text);
    await file("dist/.dockerignore", "lib\n");
    await file("other", "main\n");
    const names = async (...flags: string[]) =>
      namesIn((await built([`${root}/dist`, ...flags])).layers[0]);
    assert.deepEqual(await names(), ["main"]);
    assert.deepEqual(await names("--ignore-file", `${root}/other`), [
      ...[".dockerignore", "lib/", "lib/a.js"],
    ]);
    assert.deepEqual(await names("--no-ignore"), [
      ...[".dockerignore", "lib/", "lib/a.js", "main"],
    ]);
    await file("dist/.scratchbuildignore", "*\n!lib\n");
    assert.deepEqual(await names(), ["lib/", "lib/a.js"]);
    await file("dist/.scratchbuildignore", "*\n");
    const { status, stderr } = await built([`${root}/dist`]);
    assert.equal(status, 1);
    assert.match(stderr, /Cannot pack [^\n]*\.scratchbuildignore[^\n]*\n$/);
  }));

test("whiteouts are refused unless they are meant", () =>
  withSources(async (root) => {
    await writeFile(join(root, "dist/.wh.old"), "");
    const argv = [`${root}/dist:/app`];
    const { status, stderr } = await built(argv);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^scratchbuild: Cannot pack [^\n]*\.wh\.old: [^\n]*\n$/,
    );
    const { layers } = await built([...argv, "--whiteouts"]);
    assert.ok(namesIn(layers[0]).includes("app/.wh.old"));
  }));

test("what is odd about a tar is told of with its name", () =>
  withSources(async (root) => {
    const tar = await packTar([
      { header: header("a/b", "file", 0o644), body: "page\n" },
      { header: header("oci-layout", "file", 0o644), body: "page\n" },
    ]);
    await writeFile(join(root, "odd.tar"), tar);
    const { status, stderr } = await built([`${root}/odd.tar`]);
    assert.equal(status, 0, stderr);
    const warnings = stderr.split("\n").filter((line) => /warning/.test(line))
      .sort();
    assert.deepEqual(warnings, [
      `scratchbuild: warning: ${root}/odd.tar is an image itself; what a ` +
      "container sees is that archive, and not what is in the image",
      `scratchbuild: warning: ${root}/odd.tar: the tar has no entry for a ` +
      "above what it holds, so that Docker and podman give it mode 0755 and " +
      "owner 0:0; with a destination, also /, it is written anew",
    ]);
    const anew = await built([`${root}/odd.tar:/data`]);
    assert.doesNotMatch(anew.stderr, /warning/);
    await writeFile(join(root, "none.tar"), "");
    const none = await built([`${root}/none.tar`]);
    assert.match(
      none.stderr,
      /\/none\.tar holds nothing, and so does its layer\n/,
    );
  }));
