import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { moduleCommand } from "../support/run_module.ts";
import { cleanEnvironment } from "../support/clean_environment.ts";
import { withDockerRegistry } from "../support/docker_registry.ts";
import { skipWithout } from "../support/peers.ts";
import { runOk } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";

const skip = skipWithout("docker-registry", "strace");

test(
  "of a tree that has not changed no file is opened, and nothing is sent",
  {
    skip,
  },
  () =>
    withTempDir((root) =>
      withDockerRegistry({}, async ({ host, requests }) => {
        const source = join(root, "source");
        await mkdir(join(source, "sub"), { recursive: true });
        const files = ["one", "two", "sub/three"];
        for (const name of files) {
          await writeFile(join(source, name), name.repeat(1000));
        }
        // A file that was changed just now is never trusted.
        await setTimeout(3100);
        const trace = join(root, "trace");
        const push = async (...flags: string[]) => {
          const [program, args] = moduleCommand("cli.ts", [
            ...["push", source, `${host}/app:1`, "--quiet", ...flags],
          ]);
          await runOk("strace", [
            ...["-f", "-e", "trace=open,openat", "-o", trace, program, ...args],
          ], {
            env: {
              ...cleanEnvironment,
              SCRATCHBUILD_CACHE_DIR: join(root, "cache"),
            },
          });
          const text = await readFile(trace, "utf8");
          return files.filter((name) => text.includes(`${source}/${name}"`));
        };
        assert.deepEqual(await push(), files);
        const before = (await requests()).length;
        assert.deepEqual(await push(), []);
        const sent = (await requests()).slice(before);
        const methods = sent.map(({ method }) => method);
        assert.deepEqual(methods, ["GET", "GET", "HEAD"]);
        assert.deepEqual(await push("--no-cache"), files);
      })
    ),
);
