import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  installedRuntimes,
  packageDirectory,
  prefix,
  skip,
} from "../support/installed.ts";
import { withDockerRegistry } from "../support/docker_registry.ts";
import { skipWithout } from "../support/peers.ts";
import { runCli } from "../support/run_cli.ts";
import { run, runOk } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}deno.json`, "utf8"));
const cli = join(packageDirectory, "cli.js");
const build = ["build", `${root}examples/hello`, "--entrypoint", "/hello"];

for (const [name, runtime] of installedRuntimes) {
  test(`the installed command runs on ${name}`, { skip }, async () => {
    assert.equal(
      (await runOk(runtime, [cli, "--version"])).trim(),
      version,
    );
    assert.match(
      await runOk(runtime, [cli, "--help"]),
      /\bpush\b[^]*\bbuild\b/,
    );
    const { code, stderr } = await run(runtime, [cli, "no-such-command"]);
    assert.equal(code, 2, stderr);
  });

  test(`the installed command builds what the sources build, on ${name}`, {
    skip,
  }, async () => {
    await withTempDir(async (directory) => {
      const source = await runCli([...build, "-o", `oci:${directory}/source`]);
      assert.equal(source.code, 0, source.stderr);
      const args = [cli, ...build, "-o", `oci:${directory}/packed`];
      const packed = await runOk(runtime, args);
      const digest = /sha256:[\da-f]{64}/;
      assert.ok(digest.test(packed), packed);
      assert.equal(packed.match(digest)?.[0], source.stdout.match(digest)?.[0]);
    });
  });
}

for (const [name, runtime] of installedRuntimes) {
  test(`the installed command pushes, on ${name}`, {
    skip: skip || skipWithout("docker-registry", "htpasswd", "skopeo"),
  }, async () => {
    const htpasswd = { user: "alice", password: "s3cret" };
    await withDockerRegistry({ htpasswd }, async ({ host }) => {
      const reference = `${host}/team/hello:1`;
      const pushed = await runOk(runtime, [
        ...[cli, "push", ...build.slice(1), reference],
        ...["--username", htpasswd.user, "--password-stdin"],
      ], { input: htpasswd.password });
      const inspected = JSON.parse(
        await runOk("skopeo", [
          ...["inspect", "--tls-verify=false", "--creds=alice:s3cret"],
          `docker://${reference}`,
        ]),
      );
      assert.equal(pushed, `${host}/team/hello@${inspected.Digest}\n`);
    });
  });
}

test("npm puts the command on the path", { skip }, async () => {
  const command = join(prefix, "node_modules/.bin/scratchbuild");
  assert.equal((await runOk(command, ["--version"])).trim(), version);
});
