import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { createImage } from "../../src/image/create_image.ts";
import { createIndex } from "../../src/image/create_index.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { parseLocation } from "../../src/machine/location.ts";
import { openTarget } from "../../src/machine/open_target.ts";
import { Registry } from "../../src/machine/registry.ts";
import { parseReference } from "../../src/registry/reference.ts";
import type { Entry } from "../../src/tar/entry.ts";
import { push } from "../../src/transfer/push.ts";
import { corpusFile, skipWithoutCorpora } from "../support/corpora.ts";
import { fakeRegistry, serve } from "../support/fake_registry.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { runInProcess } from "./run_in_process.ts";
import { file, writeArchive } from "./write_archive.ts";

const layers: readonly (readonly Entry[])[] = [
  [
    file("etc/passwd", "root\n"),
    file("etc/old", "gone"),
    { type: "symlink", path: "conf", target: "etc" },
    { type: "symlink", path: "etc/link", target: "/etc/passwd" },
    { type: "symlink", path: "etc/lost", target: "/nowhere" },
    { ...file("bin/su", "#!"), mode: 0o4755, uid: 0, gid: 5 },
  ],
  [
    { type: "whiteout", path: "etc/old" },
    { ...file("app/bell\x07", "x"), mtime: 1700000000 },
    { type: "hardlink", path: "app/same", target: "app/bell\x07" },
  ],
];

/** Runs `ls` over an archive of the layers above. */
function list(
  ...args: string[]
): Promise<{ status: number; stdout: string; stderr: string }> {
  return withTempDir(async (root) => {
    const location = await writeArchive(root, "image.tar", layers);
    return await runInProcess(["ls", location, ...args]);
  });
}

/** What it prints, where it has to succeed without a word beside that. */
async function lines(...args: string[]): Promise<string[]> {
  const { status, stdout, stderr } = await list(...args);
  assert.equal(stderr, "");
  assert.equal(status, 0);
  return stdout.split("\n").slice(0, -1);
}

test("ls lists names, through whiteouts, hard links and links to directories", async () => {
  assert.deepEqual(await lines(), ["app", "bin", "conf", "etc"]);
  const etc = ["link", "lost", "passwd"];
  for (const path of ["/etc", "etc/", "/conf", "conf/.", "/app/../etc"]) {
    assert.deepEqual(await lines(path), etc, path);
  }
  assert.deepEqual(await lines("/app"), ["bell\\u0007", "same"]);
  assert.deepEqual(await lines("/conf/passwd"), ["/etc/passwd"]);
});

test("ls --long has modes, owners, sizes, times and where links lead", async () => {
  const etc = [
    "lrwxrwxrwx 0:0 0 1970-01-01 00:00 link -> /etc/passwd",
    "lrwxrwxrwx 0:0 0 1970-01-01 00:00 lost -> /nowhere",
    "-rw-r--r-- 0:0 5 1970-01-01 00:00 passwd",
  ];
  assert.deepEqual(await lines("/etc", "--long"), etc);
  assert.deepEqual(await lines("-l", "/etc"), etc);
  assert.deepEqual(await lines("/bin/su", "-l"), [
    "-rwsr-xr-x 0:5 2 1970-01-01 00:00 /bin/su",
  ]);
  // A link that leads to no directory is shown itself.
  for (const name of ["link", "lost"]) {
    const [line = ""] = await lines(`/etc/${name}`, "-l");
    assert.match(line, new RegExp(`^l.* /etc/${name} -> /`));
  }
});

test("ls --recursive lists whole paths, each directory before what it holds", async () => {
  const all = [
    "/app",
    "/app/bell\\u0007",
    "/app/same",
    "/bin",
    "/bin/su",
    "/conf",
    "/etc",
    "/etc/link",
    "/etc/lost",
    "/etc/passwd",
  ];
  assert.deepEqual(await lines("--recursive"), all);
  assert.deepEqual(await lines("-R", "/"), all);
  const long = await lines("-lR", "app");
  assert.deepEqual(long, [
    "-rw-r--r-- 0:0 1 2023-11-14 22:13 /app/bell\\u0007",
    "-rw-r--r-- 0:0 1 2023-11-14 22:13 /app/same",
  ]);
  assert.deepEqual(await lines("-Rl", "app"), long);
});

test("ls --json tells all of it", async () => {
  const { stdout } = await list("/bin", "--json");
  assert.deepEqual(JSON.parse(stdout), {
    version: 1,
    path: "/bin",
    entries: [{
      ...{ path: "/bin/su", type: "file", mode: "4755", uid: 0, gid: 5 },
      ...{ size: 2, mtime: 0, layer: 0 },
    }],
  });
  const { entries } = JSON.parse((await list("conf/", "--json")).stdout);
  assert.deepEqual(entries[0], {
    ...{ path: "/etc/link", type: "symlink", mode: "0777", uid: 0, gid: 0 },
    ...{ mtime: 0, target: "/etc/passwd", layer: 0 },
  });
});

test("a path that is not there ends with 1, and what is nearest to it is named", async () => {
  const cases: [path: string, why: string][] = [
    ["/etc/passwt", "it is not in the image; did you mean /etc/passwd?"],
    ["/conf/passwt", "it is not in the image; did you mean /etc/passwd?"],
    ["/etx/passwd", "/etx is not in the image; did you mean /etc?"],
    ["/zzzzzz", "it is not in the image, and nothing like it in /"],
    ["/bin/su/x", "/bin/su is a file"],
    [
      "/etc/lost/x",
      "/etc/lost is a link to /nowhere, where there is nothing",
    ],
    ["/etc/old", "it is not in the image, and nothing like it in /etc"],
  ];
  for (const [path, why] of cases) {
    const { status, stdout, stderr } = await list(path);
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.equal(stderr, `scratchbuild: Cannot list ${path}: ${why}\n`);
  }
});

test("ls is told one location and one path at the most", async () => {
  const cases: [argv: string[], why: RegExp][] = [
    [[], /Cannot list anything: name a location/],
    [["a.tar", "/b", "/c"], /Cannot list 2 paths: there is one/],
    [["./dir"], /Cannot use the location "\.\/dir"/],
    [["a.tar", "-x"], /Cannot use -x: no such flag/],
    [["a.tar", "-lx"], /no such flag/],
    [["a.tar", "--long=x"], /--long: it stands alone/],
  ];
  for (const [args, why] of cases) {
    const { status, stderr } = await runInProcess(["ls", ...args]);
    assert.equal(status, 2, stderr);
    assert.match(stderr, why);
  }
});

test("an image that is not there ends with 1, and one that is damaged too", async () => {
  const missing = await runInProcess(["ls", "/no/such/file.tar"]);
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /^scratchbuild: Cannot [^\n]+\n$/);
});

test("ls reads a registry, and the platform that is asked for", async () => {
  const registry = fakeRegistry();
  const served = await serve(registry);
  try {
    const images = await Promise.all(
      ["amd64", "arm64"].map(async (architecture) =>
        createImage({
          layers: [await createLayer([file(architecture, "x")])],
          platform: { os: "linux", architecture },
        })
      ),
    );
    const text = `${served.host}/me/app:1`;
    await push(
      await createIndex({ images }),
      new Registry(parseReference(text)),
    );
    const amd64 = await runInProcess(["ls", text]);
    assert.deepEqual(amd64, { status: 0, stdout: "amd64\n", stderr: "" });
    const arm64 = await runInProcess(["ls", text, "--platform", "linux/arm64"]);
    assert.deepEqual(arm64, { status: 0, stdout: "arm64\n", stderr: "" });
    const none = await runInProcess(["ls", text, "--platform", "linux/s390x"]);
    assert.equal(none.status, 1);
    assert.match(none.stderr, /there are linux\/amd64, linux\/arm64/);
    const away = await runInProcess(["ls", `${served.host}/me/other:1`]);
    assert.equal(away.status, 4, away.stderr);
  } finally {
    await served.close();
  }
});

test("ls reads a layout", () =>
  withTempDir(async (root) => {
    const location = `oci:${join(root, "layout")}:1`;
    const image = await createImage({
      layers: [await createLayer([file("a", "x")])],
    });
    await push(image, openTarget(parseLocation(location)));
    const { stdout, stderr } = await runInProcess(["ls", location]);
    assert.equal(stdout, "a\n", stderr);
  }));

test(
  "ls reads whiteouts of another program as their files are named",
  { skip: skipWithoutCorpora },
  async () => {
    const cases: [name: string, paths: string[]][] = [
      ["overwritten_file", ["/bar.txt", "/foo.txt"]],
      ["source_image", ["/bar", "/foo"]],
      ["whiteout_dir", ["/a", "/a/baz", "/b", "/b/bar"]],
      ["whiteout_image", ["/bar.txt"]],
    ];
    for (const [name, paths] of cases) {
      const path = corpusFile(`ggcr-whiteout/${name}.tar`);
      const { stdout, stderr } = await runInProcess(["ls", "-R", path]);
      assert.deepEqual(stdout.split("\n").slice(0, -1), paths, stderr);
    }
  },
);
