import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { withCountingProxy } from "../support/counting_proxy.ts";
import { withDockerRegistry } from "../support/docker_registry.ts";
import { skipWithout } from "../support/peers.ts";
import { runOk } from "../support/run.ts";
import { runCliOk } from "../support/run_cli.ts";
import { moduleCommand } from "../support/run_module.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { writeDistinctBlocks } from "../support/write_distinct_blocks.ts";

const MIB = 1 << 20;
const SIZE = 200 * MIB;
const ROUNDS = 5;

/** Kills the command as soon as the registry has been sent so many bytes. */
function runAndKill(
  args: readonly string[],
  env: Record<string, string>,
  isTime: () => boolean,
): Promise<boolean> {
  const child = spawn(...moduleCommand("cli.ts", args), {
    env: { ...process.env, ...env },
    stdio: "ignore",
  });
  const timer = setInterval(() => isTime() && child.kill("SIGKILL"), 1);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (_, signal) => {
      clearInterval(timer);
      resolve(signal === "SIGKILL");
    });
  });
}

/**
 * How many bytes of interrupted uploads the registry confirms. It does so only
 * where no request was under way: a broken one takes the whole upload with it.
 */
async function confirmed(cache: string): Promise<number> {
  let bytes = 0;
  for (const { location } of await journal(cache)) {
    const { ok, headers, body } = await fetch(location);
    await body?.cancel();
    const [, last] = /^0-(\d+)$/.exec(headers.get("range") ?? "") ?? [];
    if (ok && last !== undefined && last !== "0") bytes += Number(last) + 1;
  }
  return bytes;
}

/** The uploads that are remembered. */
async function journal(
  cache: string,
): Promise<{ readonly location: string }[]> {
  const uploads = join(cache, "uploads");
  const names = await readdir(uploads).catch(() => []);
  return await Promise.all(
    names.map(async (name) =>
      JSON.parse(await readFile(join(uploads, name), "utf8"))
    ),
  );
}

test("a push of 200 MiB that is killed ten times goes on where it was", {
  skip: skipWithout("docker-registry", "skopeo"),
  timeout: 110_000,
}, async () => {
  await withDockerRegistry(
    {},
    ({ host }) =>
      withCountingProxy(host, (proxy) =>
        withTempDir(async (directory) => {
          const source = join(directory, "source");
          const cache = join(directory, "cache");
          await mkdir(source);
          await writeDistinctBlocks(join(source, "file"), SIZE);
          const env = { SCRATCHBUILD_CACHE_DIR: cache };
          for (let round = 0; round < ROUNDS; round++) {
            const name = `killed/round${round}`;
            const args = [
              ...["push", source, `${proxy.host}/${name}:v1`],
              ...["--compression", "none", "--quiet"],
            ];
            proxy.take();
            let sent = 0;
            // The first run sends the layer whole, the second one in chunks.
            for (const part of [0.9, 0.7]) {
              const limit = Math.random() * part * SIZE;
              sent = 0;
              const isTime = () => (sent += proxy.take()) >= limit;
              assert.ok(await runAndKill(args, env, isTime), "it was too fast");
              await proxy.quiet();
            }
            const kept = await confirmed(cache);
            proxy.take();
            const stdout = await runCliOk(args, { env });
            const rest = SIZE - kept;
            const again = proxy.take();
            assert.ok(
              again >= rest && again < rest + MIB,
              `${again} bytes were sent, where ${kept} were there`,
            );
            assert.deepEqual(await journal(cache), []);
            const [, digest] = stdout.match(/@(sha256:[\da-f]{64})\n$/) ?? [];
            const image = join(directory, "image");
            await runOk("skopeo", [
              ...["--insecure-policy", "copy", "--quiet"],
              ...["--src-tls-verify=false", `docker://${host}/${name}:v1`],
              `dir:${image}`,
            ]);
            const seen = await runOk("skopeo", [
              "manifest-digest",
              join(image, "manifest.json"),
            ]);
            assert.equal(seen.trim(), digest);
            await rm(image, { recursive: true });
          }
        })),
  );
});
