import assert from "node:assert/strict";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { withDockerRegistry } from "../support/docker_registry.ts";
import { skipWithout } from "../support/peers.ts";
import { runModule } from "../support/run_module.ts";
import { withTempDir } from "../support/temp_dir.ts";

const MIB = 1 << 20;

test("1 GiB takes less than 100 MiB more memory than 10 MiB", {
  skip: process.platform === "linux"
    ? skipWithout("docker-registry")
    : "needs /proc/self/status, which Linux has",
}, async () => {
  await withDockerRegistry({}, ({ host }) =>
    withTempDir(async (dir) => {
      const peak = async (name: string, size: number) => {
        const path = join(dir, name);
        mkdirSync(path);
        writeFileSync(join(path, "file"), "");
        truncateSync(join(path, "file"), size);
        const { code, stdout, stderr } = await runModule(
          "tests/support/push_and_measure.ts",
          [path, `${host}/memory:${name}`],
        );
        assert.equal(code, 0, stderr);
        return Number(stdout) / 1024;
      };
      const small = await peak("small", 10 * MIB);
      const large = await peak("large", 1024 * MIB);
      assert.ok(small > 10, `${small} MiB cannot be right`);
      assert.ok(large - small < 100, `from ${small} to ${large} MiB`);
    }));
});
