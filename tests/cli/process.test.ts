import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { version } from "../../src/spec/version.ts";
import { cleanEnvironment } from "../support/clean_environment.ts";
import { run } from "../support/run.ts";
import { runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { commandLine } from "./command_line.ts";

/** Lends a directory, the path of one in it that holds a file of that size. */
function withSource(
  size: number,
  use: (source: string, root: string) => Promise<void>,
): Promise<void> {
  return withTempDir(async (root) => {
    const source = join(root, "src");
    await mkdir(source);
    await writeFile(join(source, "file"), "content\n");
    await truncate(join(source, "file"), size);
    await use(source, root);
  });
}

/** Runs the command, and sends it a signal as soon as it has said something. */
function interrupt(
  signal: "SIGINT" | "SIGTERM",
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const [program, ...before] = commandLine;
    const child = spawn(program, [...before, ...args], {
      stdio: "pipe",
      env: { ...process.env, ...cleanEnvironment },
    });
    const said = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => said.stdout += chunk);
    child.stderr.on("data", (chunk) => {
      if (said.stderr === "" && child.pid) process.kill(child.pid, signal);
      said.stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...said }));
  });
}

/** Runs the command with its standard output led elsewhere by a shell. */
async function redirected(
  root: string,
  redirection: string,
  args: readonly string[],
): Promise<{ status: string; stderr: string }> {
  const script = `{ "$@"; echo "status $?" >&2; } ${redirection}`;
  const line = ["-c", script, "sh", ...commandLine, ...args];
  const { stderr } = await run("sh", line, {
    cwd: root,
    env: cleanEnvironment,
  });
  const [, said = "", status = ""] = /^([^]*)status (\d+)\n$/.exec(stderr) ??
    [];
  return { status, stderr: said };
}

test("the command runs as a process", async () => {
  const { code, stdout, stderr } = await runCli(["--version"]);
  assert.deepEqual({ code, stdout, stderr }, {
    code: 0,
    stdout: `${version}\n`,
    stderr: "",
  });
  const wrong = await runCli(["build", "--nonsense"]);
  assert.equal(wrong.code, 2);
  assert.equal(wrong.stdout, "");
  assert.match(wrong.stderr, /^scratchbuild: Cannot use --nonsense[^\n]*\n$/);
});

test("a stack is shown only to those who ask for it", () =>
  withTempDir(async (root) => {
    const source = join(root, "nothing");
    const args = ["build", source, "-o", join(root, "x.tar")];
    const plain = await runCli(args, {
      env: { SCRATCHBUILD_DEBUG: undefined },
    });
    assert.equal(plain.code, 1);
    assert.equal(
      plain.stderr,
      `scratchbuild: Cannot pack ${source}: it does not exist; check the path\n`,
    );
    const debug = await runCli(args, { env: { SCRATCHBUILD_DEBUG: "1" } });
    assert.equal(debug.code, 1);
    assert.ok(debug.stderr.startsWith(plain.stderr));
    assert.match(debug.stderr, /\n +at /);
  }));

test("the password is read from standard input", () =>
  withSource(1, async (source, root) => {
    const args = ["build", source, "-o", `oci:${root}/out`, "--quiet"];
    const flags = ["--username", "me", "--password-stdin"];
    const empty = await runCli([...args, ...flags], { input: "" });
    assert.equal(empty.code, 2);
    assert.match(empty.stderr, /--password-stdin: standard input is empty/);
    const full = await runCli([...args, ...flags], { input: "secret\n" });
    assert.equal(full.code, 0, full.stderr);
  }));

test("with -o - the image is on standard output, the result beside it", () =>
  withSource(3_000_000, async (source) => {
    const args = ["build", source, "-o", "-", "--quiet"];
    const { code, bytes, stderr } = await runCli(
      [...args, "--compression", "none"],
    );
    assert.equal(code, 0);
    assert.match(stderr, /^-@sha256:[0-9a-f]{64}\n$/);
    assert.ok(bytes.length > 3_000_000 && bytes.length % 512 === 0);
    assert.ok(bytes.subarray(-1024).every((byte) => byte === 0));
  }));

test("a reader that goes away is no mistake", () =>
  withSource(30_000_000, async (source, root) => {
    const build = ["build", source, "--quiet", "--compression", "none", "-o"];
    assert.deepEqual(
      await redirected(root, "| head -c 100 >/dev/null", [...build, "-"]),
      { status: "1", stderr: "" },
    );
    assert.deepEqual(
      await redirected(root, "| true", [...build, "oci:out"]),
      { status: "0", stderr: "" },
    );
    assert.deepEqual(await redirected(root, "| true", ["--help"]), {
      status: "0",
      stderr: "",
    });
  }));

test(
  "results that cannot be printed are a failure",
  { skip: !existsSync("/dev/full") && "needs /dev/full" },
  () =>
    withSource(1, async (source, root) => {
      const build = ["build", source, "--quiet", "-o"];
      for (const args of [[...build, "oci:out"], [...build, "-"], ["--help"]]) {
        const { status, stderr } = await redirected(root, ">/dev/full", args);
        assert.equal(status, "1", args.join(" "));
        assert.match(
          stderr,
          /^scratchbuild: Cannot (?:print|write) [^\n]*space[^\n]*\n$/i,
        );
      }
    }),
);

test("a signal ends the work at once, and nothing is left", () =>
  withSource(8 * 2 ** 30, async (source, root) => {
    const small = join(root, "small");
    await mkdir(small);
    await writeFile(join(small, "file"), "content\n");
    const before = await readdir(root);
    // The first layer is told of when it is done; the second one takes long.
    const args = [
      "build",
      `${small}:/a`,
      `${source}:/b`,
      ...["--xattrs", "off", "-o", `oci:${root}/o`],
    ];
    for (
      const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]] as const
    ) {
      const { code, stdout, stderr } = await interrupt(signal, args);
      assert.equal(code, status, stderr);
      assert.equal(stdout, "");
      assert.match(
        stderr,
        new RegExp(
          `^packed /a: .*\nscratchbuild: Cannot finish: interrupted by ${signal}\n$`,
        ),
      );
      assert.deepEqual(await readdir(root), before);
    }
  }));

test("a connection that stays open does not hold the process up", () =>
  withSource(1, async (source) => {
    const server = createServer((request, response) => {
      request.resume();
      if (request.method === "POST") {
        response.writeHead(202, { location: `${request.url}1` }).end();
      } else if (request.method === "PUT") {
        request.on("end", () => response.writeHead(201).end());
      } else response.writeHead(404).end();
    });
    server.keepAliveTimeout = 0;
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    try {
      const host = `127.0.0.1:${port}`;
      const { code, stdout } = await runCli(["push", source, `${host}/app`]);
      assert.equal(code, 0);
      assert.ok(stdout.startsWith(`${host}/app@sha256:`));
    } finally {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  }));
