import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { makeDifficultTree } from "../support/make_difficult_tree.ts";
import { type Peer, skipWithout } from "../support/peers.ts";
import { readLayout } from "../support/read_layout.ts";
import { runCli } from "../support/run_cli.ts";
import { run, runOk } from "../support/run.ts";
import { inMemory, withTempDir } from "../support/temp_dir.ts";
import {
  treeOfDirectory,
  treeOfTar,
  type WholeNode,
  type WholeTree,
} from "../support/whole_tree.ts";

const isRoot = process.getuid?.() === 0;
const peers: Peer[] = ["getfattr", "setfattr", "stat", "tar", "touch"];
const skip = process.platform === "linux"
  ? skipWithout(
    ...peers,
    "python3",
    "umoci",
    ...isRoot ? ["setcap" as const] : [],
  )
  : "needs Linux";

/** Who reads a layer, and gives what it makes of it. */
type Reader = (layout: string, place: string) => Promise<WholeTree>;

/** Python's `tarfile` reads the bytes of the layer. */
const python: Reader = async (layout) => {
  const { layers: [layer = ""] } = await readLayout(layout);
  return await treeOfTar(layer);
};

/** GNU tar puts it on disk, and must have nothing to say. */
const gnuTar: Reader = async (layout, place) => {
  const { layers: [layer = ""] } = await readLayout(layout);
  const target = join(place, "gnu");
  await mkdir(target);
  const { code, stderr } = await run("tar", [
    ...["--extract", `--file=${layer}`, `--directory=${target}`, "--gzip"],
    ...["--xattrs", "--xattrs-include=*", "--numeric-owner"],
    // In the order of the bytes of their names, `a,b` lies between `a` and `a/c`.
    "--delay-directory-restore",
    isRoot ? "--same-owner" : "--no-same-owner",
    // That a time is before 1970 or to come is no fault.
    ...["--preserve-permissions", "--warning=no-timestamp"],
  ]);
  assert.deepEqual([code, stderr], [0, ""]);
  return await treeOfDirectory(target);
};

/** umoci unpacks the image. */
const umoci: Reader = async (layout, place) => {
  const bundle = join(place, "bundle");
  const rootless = isRoot ? [] : ["--rootless"];
  const image = ["--image", `${layout}:v1`];
  await runOk("umoci", ["unpack", ...rootless, ...image, bundle]);
  return await treeOfDirectory(join(bundle, "rootfs"));
};

/** Whose files are then: who is not root cannot give files to root. */
const unpacked = isRoot ? "0:0" : `${process.getuid?.()}:${process.getgid?.()}`;

const readers: readonly { who: string; read: Reader; owner: string }[] = [
  { who: "GNU tar", read: gnuTar, owner: unpacked },
  { who: "Python's tarfile", read: python, owner: "0:0" },
  { who: "umoci", read: umoci, owner: unpacked },
];

/** The tree that an image has to have: that of a directory, but for the rest. */
function expected(
  source: WholeTree,
  absent: readonly string[],
  change: Partial<WholeNode>,
): WholeTree {
  return Object.fromEntries(
    Object.entries(source)
      .filter(([path]) => !absent.includes(path))
      .map(([path, { names, ...node }]) => {
        const left = names?.filter((name) => !absent.includes(name)) ?? [];
        const rest = left.length > 1 ? { names: left } : {};
        return [path, { ...node, ...rest, ...change }];
      }),
  );
}

/** Builds a layout, and gives what was said meanwhile. */
async function build(
  source: string,
  layout: string,
  ...flags: string[]
): Promise<string> {
  const { code, stderr } = await runCli([
    ...["build", source, "-o", `oci:${layout}:v1`, ...flags],
  ]);
  assert.equal(code, 0, stderr);
  return stderr;
}

/** Compares node by node, so that a failure can be read. */
function sameTree(actual: WholeTree, wanted: WholeTree, who: string): void {
  assert.deepEqual(Object.keys(actual).sort(), Object.keys(wanted).sort(), who);
  for (const [path, node] of Object.entries(wanted)) {
    assert.deepEqual(actual[path], node, `${who}: ${JSON.stringify(path)}`);
  }
}

test("GNU tar, Python and umoci see the tree that was packed, with its times", {
  skip,
}, () =>
  withTempDir(async (place) => {
    const source = join(place, "source");
    await mkdir(source);
    const absent = await makeDifficultTree(source);
    const said = await build(source, `${place}/layout`, "--mtime", "preserve");
    assert.match(said, /socket/);
    const packed = await treeOfDirectory(source);
    const types = new Set(Object.values(packed).map(({ type }) => type));
    assert.equal(types.size, isRoot ? 7 : 5, [...types].join());
    for (const { who, read, owner } of readers) {
      const seen = await read(`${place}/layout`, place);
      sameTree(seen, expected(packed, absent, { owner }), who);
    }
  }));

test("they see it with another owner and the time 0 as well", {
  skip: skip || (!isRoot && "needs root, who alone can give files away"),
}, () =>
  withTempDir(async (place) => {
    const source = join(place, "source");
    await mkdir(source);
    const absent = await makeDifficultTree(source);
    await build(source, `${place}/layout`, "--owner", "3000000:2097152");
    const wanted = expected(await treeOfDirectory(source), absent, {
      owner: "3000000:2097152",
      mtime: "0.000000000",
    });
    for (const { who, read } of readers) {
      sameTree(await read(`${place}/layout`, place), wanted, who);
    }
  }));

// umoci sees them too, and takes a minute for it.
test("GNU tar and Python see 66,000 entries, and 1,000 levels of directories", {
  skip,
}, () =>
  withTempDir(async (place) => {
    const source = join(place, "source");
    mkdirSync(join(source, ...Array(1000).fill("d")), { recursive: true });
    for (let directory = 0; directory < 66; directory++) {
      const path = join(source, String(directory));
      mkdirSync(path);
      for (let file = 0; file < 1000; file++) {
        writeFileSync(join(path, String(file)), "");
      }
    }
    await build(source, `${place}/layout`, "--mtime", "preserve");
    const wanted = expected(await treeOfDirectory(source), [], {
      owner: "0:0",
    });
    const seen = await python(`${place}/layout`, place);
    assert.equal(Object.keys(seen).length, 67_066);
    // To compare so many one by one takes long.
    assert.ok(isDeepStrictEqual(seen, wanted));
    const { layers: [layer = ""] } = await readLayout(`${place}/layout`);
    if (isRoot) await runOk("tar", ["-dzf", layer, "-C", source]);
    else await runOk("tar", ["-tzf", layer]);
    // Much faster than the runtimes are.
    await runOk("rm", ["-r", source]);
  }, inMemory()));
