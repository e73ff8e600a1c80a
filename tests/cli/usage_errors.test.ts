import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { withTempDir } from "../support/temp_dir.ts";
import { runInProcess } from "./run_in_process.ts";

type Row = [argv: string[], stderr: RegExp, env?: Record<string, string>];

/** Lends a directory to build from, in a directory that has to stay as it is. */
function withSource(use: (source: string) => Promise<void>): Promise<void> {
  return withTempDir(async (directory) => {
    const source = join(directory, "src");
    await mkdir(source);
    await writeFile(join(source, "file"), "content\n");
    await use(source);
    assert.deepEqual(await readdir(directory), ["src"]);
  });
}

/** Each call ends with status 2 and one line, before anything is written. */
async function assertWrongUsage(rows: readonly Row[]): Promise<void> {
  for (const [argv, expected, env = {}] of rows) {
    const what = argv.join(" ");
    const { status, stdout, stderr } = await runInProcess(argv, { env });
    assert.equal(status, 2, `${what}\n${stderr}`);
    assert.equal(stdout, "", what);
    assert.match(stderr, /^scratchbuild: Cannot [^\n]*\n$/, what);
    assert.match(stderr, expected, what);
  }
}

test("commands and flags that do not exist", () =>
  assertWrongUsage([
    [
      ["bild"],
      /run "bild": no such command \(did you mean build\?\); see scratchbuild --help/,
    ],
    [["constructor"], /run "constructor": no such command/],
    [["--foo"], /use "--foo" here: no such flag, .*; see scratchbuild --help/],
    [["--constructor"], /use "--constructor" here: no such flag/],
    [["--quiet", "build"], /its place is behind the command/],
    [
      ["build", "--entripoint", "x"],
      /--entripoint: no such flag \(did you mean --entrypoint\?\); see scratchbuild build --help/,
    ],
    [["push", "--entripoint=x"], /see scratchbuild push --help/],
    [["build", "--constructor", "x"], /--constructor: no such flag/],
    [["build", "--stopSignal", "9"], /--stopSignal: no such flag/],
    [["build", "--form", "x"], /did you mean --from\?/],
    [["build", "--dir", "x"], /--dir: no such flag/],
    [["push", "--output", "x"], /--output: no such flag/],
    [["build", "--xyz"], /--xyz: no such flag; see scratchbuild build --help/],
    [["build", "--lable", "a=b"], /did you mean --label\?/],
    [["build", "-x"], /use -x: no such flag/],
    [["build", "--version"], /--version: no such flag/],
    [["logn"], /no such command \(did you mean login\?\)/],
    [["login", "--pasword", "x"], /did you mean --password\?/],
    [["login", "--token", "x"], /--token: no such flag/],
    [["logout", "--username", "x"], /--username: no such flag/],
    [["auth", "--password-stdin=x"], /it stands alone, without a value/],
    [["build", "-dir", "x"], /use "-d": no such flag/],
    [["build", "--no-quiet"], /--no-quiet: no such flag/],
  ]));

test("flags that are given wrongly", () =>
  withSource((source) =>
    assertWrongUsage([
      [["build", source, "-o"], /--output: it needs a value/],
      [
        ["build", "--user", "a", "--user", "b"],
        /--user twice: it is given once/,
      ],
      [["build", "--quiet=maybe"], /--quiet: it stands alone, without a value/],
      [
        ["build", "--compression", "zip"],
        /--compression "zip": write gzip, gzip:stream, zstd or none/,
      ],
      [["build", "--progress", ""], /--progress "": write auto, plain or none/],
      [["build", "--format", "Docker"], /write oci or docker/],
      [["build", "--env", "=x"], /--env "=x": write NAME=value/],
      [["build", "--label", ""], /--label ""/],
      [["build", "--workdir", "app"], /--workdir "app": .* absolute/],
      [["build", "--volume", "./data"], /--volume "\.\/data": .* absolute/],
      [["build", "--volume", "/."], /--volume "\/\.": the root of the image/],
      [["push", "--vol", "data"], /--vol "data": .* absolute/],
      [["build", "--expose", "70000"], /--expose "70000": write a port/],
      [["build", "--owner", "root"], /--owner "root": names are not looked up/],
      [["build", "--user", "4294967296"], /--user "4294967296"/],
      [
        ["build", "--platform", "nonsense"],
        /platform "nonsense": write os\/arch/,
      ],
      [["build", "--entrypoint", ""], /--entrypoint "": it is empty/],
      [["build", "--entrypoint="], /--entrypoint "": it is empty/],
      [["build", "--cmd", "'"], /--cmd "'": the quote ' is not closed/],
      [["build", "--created", "now"], /--created "now"/],
      [["build", "--mtime", "-5"], /--mtime "-5": .* or preserve for/],
      [["build", "--modes", "umask"], /--modes "umask": write preserve or git/],
      [
        ["build", "--xattrs", "on"],
        /--xattrs "on": write auto, require or off/,
      ],
      [
        ["build", "--secrets", "fail"],
        /--secrets "fail": write error, warn or off/,
      ],
      [["build", "--allow-secret", ""], /--allow-secret "": it says nothing/],
      [["build", "--ignore-file="], /--ignore-file "": it says nothing/],
      [["build", "--no-ignore=maybe"], /--no-ignore: it stands alone/],
      [["build", "--ignore"], /--ignore: no such flag/],
      [["build", "--no-dereference"], /--no-dereference: no such flag/],
      [["build", "--compression-level", "20"], /--compression-level "20"/],
      [["build", "--jobs", "0"], /--jobs "0": .* from 1 to 256/],
      [["push", "--concurrency", "0"], /--concurrency "0": .* from 1 to 64/],
      [
        ["push", "--allow-host", "http://a"],
        /--allow-host "http:\/\/a": .* without a scheme/,
      ],
    ])
  ));

test("flags that do not go together", () =>
  withSource((source) => {
    const build = (
      ...flags: string[]
    ) => ["build", source, "-o", "-", ...flags];
    return assertWrongUsage([
      [
        build("--platform", "linux/amd64", "--platform", "linux/x86_64"),
        /for linux\/amd64 twice/,
      ],
      [build("--foreign-layers"), /--foreign-layers without --from/],
      [
        build("--foreign-layers", "--from", "scratch"),
        /--foreign-layers without --from/,
      ],
      [
        build("--from", "-", "--password-stdin"),
        /--from - with --password-stdin: both read standard input/,
      ],
      [build("--annotation", "a=b", "--format", "docker"), /Docker manifests/],
      [build("--compression", "none", "--compression-level", "9"), /only gzip/],
      [build("--compression-level", "13"), /the levels of gzip are 1 to 12/],
      [build("--compression", "zstd", "--format", "docker"), /use gzip/],
      [
        build("--ignore-file", "x", "--no-ignore"),
        /--ignore-file with --no-ignore, which leaves nothing out; leave one/,
      ],
      [
        build("--secrets", "off", "--allow-secret", "x"),
        /--allow-secret with --secrets off, which looks for none; leave one/,
      ],
      [
        build("--allow-secret", "!"),
        /Cannot use --allow-secret: pattern 1, "!": nothing follows/,
      ],
      [build("--password", "x", "--password-stdin"), /give the password once/],
      [build("--username", "x"), /a user name without a password/],
      [["push", source, "a/b", "--password", "x"], /without a user name/],
      [
        ["build", source, "-o", "a.io/b", "-o", "c.io/d", "--token", "x"],
        /one password or token for a\.io and c\.io/,
      ],
    ]);
  }));

test("sources and destinations that are wrong or missing", () =>
  withSource((source) =>
    assertWrongUsage([
      [["build"], /name at least one directory, file or tar/],
      [["build", "-o", "x.tar"], /name at least one directory, file or tar/],
      [["build", source], /say where the image goes/],
      [
        ["build", "--from", "scratch", "-o", "x.tar"],
        /name at least one directory, file or tar, or a base/,
      ],
      [
        ["build", source, "-o", "-", "--from", "oci:"],
        /the path is missing/,
      ],
      [["push", "--from", "oci:x"], /and a reference/],
      [
        [
          ...["build", source, "-o", "a.tar", "-o", "docker-archive:b.tar"],
          ...["--platform", "linux/amd64", "--platform", "linux/arm64"],
        ],
        /docker-archive:b\.tar for 2 platforms: a Docker archive has one image/,
      ],
      [
        ["build", `${source}/{dist}`, "-o", "-"],
        /\{dist\} is no part of a platform; write \{os\}, \{arch\}/,
      ],
      [
        ["build", `${source}/{arch}`, "-o", "-", "--from", "oci:x"],
        /the platform is that of the base, which is not known yet/,
      ],
      [["push"], /name a directory, file or tar and a reference/],
      [["push", source], /name a directory, file or tar and a reference/],
      [["push", source, "me/App"], /write "me\/app"/],
      [["push", source, "ghcr.io/me/app:"], /Cannot read the reference/],
      [["push", source, "oci:dir"], /push takes a reference/],
      [["push", source, "http://ghcr.io/me/app"], /leave out the scheme/],
      [["build", source, "-o", "oci:"], /the path is missing/],
      [["build", source, "-o", "a.tar", "-o", "./a.tar"], /the same place/],
      [["build", source, "-o", "-", "-o", "-"], /the same place/],
      [
        ["build", `${source}:app`, "-o", "-"],
        /must be absolute, as in .*:\/app/,
      ],
      [["build", `${source}:/../x`, "-o", "-"], /may not hold '\.\.'/],
      [
        ["build", ":/app", "-o", "-"],
        /name a directory, a file or a tar before the colon/,
      ],
      [["build", "", "-o", "-"], /name a directory, a file or a tar/],
      [["build", source, "-o", "me/app", "--tag", "a b"], /--tag "a b"/],
      [
        [
          "build",
          source,
          "-o",
          `${source}.tar`,
          "--metadata-file",
          `${source}.tar`,
        ],
        /both the image and the --metadata-file/,
      ],
    ])
  ));

test("SOURCE_DATE_EPOCH that is no number", () =>
  withSource((source) =>
    assertWrongUsage([
      [
        ["build", source, "-o", "-", "--mtime", "0", "--created", "0"],
        /SOURCE_DATE_EPOCH "yesterday"/,
        { SOURCE_DATE_EPOCH: "yesterday" },
      ],
    ])
  ));

test("several mistakes are a line each", async () => {
  const argv = ["build", "--env", "=FOO", "--expose", "0"];
  const { status, stderr } = await runInProcess(argv);
  assert.equal(status, 2);
  assert.match(stderr, /^scratchbuild: .*FOO.*\nscratchbuild: .*"0".*\n$/);
});

test("no message repeats a password", async () => {
  const secret = "hunter2";
  const argvs = [
    ["push", "--password", secret, "--password", secret],
    ["push", "--token", secret, "--token", secret],
    ["push", "a", "b", `--passwrd=${secret}`],
    ["push", "/nonexistent", "b", "--username", "u", "--password", secret],
    ["push", "a", "b", `-p${secret}`],
    [`--password=${secret}`, "push", "a", "b"],
    ["push", "a", "b", "--token", `${secret}\n`],
    ["push", "a", "--name", "b", "--regurl", `https://u:${secret}@r.io`],
  ];
  for (const argv of argvs) {
    const { status, stderr } = await runInProcess(argv);
    assert.notEqual(status, 0);
    assert.ok(!stderr.includes(secret), stderr);
  }
});

test("the image does not go to a terminal", () =>
  withSource(async (source) => {
    const argv = ["build", source, "-o", "-"];
    const { status, stderr } = await runInProcess(argv, { isTTY: true });
    assert.equal(status, 2);
    assert.match(stderr, /Cannot write the image to a terminal: redirect/);
  }));

test("an output that would lie in what goes into the image", () =>
  withSource(async (source) => {
    const inside = join(source, "image.tar");
    await assertWrongUsage([
      [["build", source, "-o", inside], /it would lie in .*src, which goes/],
      [
        ["build", source, "-o", `oci:${source}/new/layout`],
        /write it elsewhere/,
      ],
      [["build", source, "-o", `oci:${source}`], /write it elsewhere/],
      [
        ["build", source, "-o", "oci-archive:x.tar", "--metadata-file", inside],
        /it would lie in/,
      ],
    ]);
  }));

test("a reference that does not come last", () =>
  withSource((source) =>
    assertWrongUsage([
      [
        ["push", "ghcr.io/me/app:1.0", source],
        /does not exist, and .*src does; the reference comes last/,
      ],
      [
        ["push", "ghcr.io/me/app:1.0:/x", source],
        /Cannot pack ghcr\.io\/me\/app:1\.0: .* the reference comes last/,
      ],
    ])
  ));

test("login and logout take one registry", () =>
  assertWrongUsage([
    [["login", "a.example", "b.example"], /use 2 arguments: there is one/],
    [["logout", "a.example", "b.example"], /use 2 arguments: there is one/],
    [["login", "me/app"], /without a repository/],
    [["logout", "registry"], /write the host in full/],
  ]));
