import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { pseudoRandom } from "../support/make_tree.ts";
import { run } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { commandLine } from "./command_line.ts";
import { runInProcess } from "./run_in_process.ts";
import { file, writeArchive } from "./write_archive.ts";

const [program, ...before] = commandLine;
const random = pseudoRandom(300_000);

/** Lends an archive. */
function withArchive(use: (location: string) => Promise<void>): Promise<void> {
  return withTempDir(async (root) =>
    use(
      await writeArchive(root, "image.tar", [
        [
          file("etc/a", "below\n"),
          file("etc/b", "b\n"),
          { type: "file", path: "random", body: random },
          { type: "symlink", path: "link", target: "../etc/a" },
          { type: "symlink", path: "lost", target: "nowhere" },
          { type: "fifo", path: "pipe" },
        ],
        [file("etc/a", "above\n"), file("big", "x".repeat(4_000_000))],
      ]),
    )
  );
}

test("cat prints files byte for byte, in the order of the paths, through links", () =>
  withArchive(async (location) => {
    const paths = ["/random", "link", "etc/b", "/etc/../etc/b"];
    const { code, bytes, stderr } = await run(program, [
      ...before,
      "cat",
      location,
      ...paths,
    ]);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    assert.deepEqual(bytes.subarray(0, random.length), Buffer.from(random));
    const rest = new TextDecoder().decode(bytes.subarray(random.length));
    assert.equal(rest, "above\nb\nb\n");
  }));

test("cat prints nothing where one of the paths is no file, and ends with 1", () =>
  withArchive(async (location) => {
    const cases: [path: string, why: string][] = [
      ["/etc", "it is a directory; scratchbuild ls lists what is in it"],
      ["/pipe", "it is a fifo, which holds nothing in an image"],
      ["/etc/c", "it is not in the image; did you mean /etc/a?"],
      ["/lost", "/lost is a link to nowhere, where there is nothing"],
    ];
    for (const [path, why] of cases) {
      const argv = ["cat", location, "/etc/a", path];
      const { status, stdout, stderr } = await runInProcess(argv);
      assert.equal(status, 1);
      assert.equal(stdout, "");
      assert.equal(stderr, `scratchbuild: Cannot print ${path}: ${why}\n`);
    }
  }));

test("a reader that goes away is no mistake", () =>
  withArchive(async (location) => {
    const child = spawn(program, [...before, "cat", location, "/big"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk) => stderr += chunk);
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((done) => child.on("close", done));
    assert.equal(stderr, "");
    assert.equal(code, 0);
  }));

test("cat is told a location and a path", async () => {
  for (const args of [[], ["a.tar"]]) {
    const { status, stderr } = await runInProcess(["cat", ...args]);
    assert.equal(status, 2);
    assert.match(stderr, /Cannot print anything: name a location and a path/);
  }
});
