import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { cleanEnvironment } from "../support/clean_environment.ts";
import {
  assertSane,
  type FakeRegistry,
  fakeRegistry,
  type Quirks,
  serve,
} from "../support/fake_registry.ts";
import { runCliOk } from "../support/run_cli.ts";
import { moduleCommand } from "../support/run_module.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { writeDistinctBlocks } from "../support/write_distinct_blocks.ts";

const MIB = 1 << 20;
const SIZE = 48 * MIB;

/** A served registry that can tell when so many bytes of bodies have come. */
async function servedRegistry(quirks: Quirks): Promise<{
  readonly fake: FakeRegistry;
  readonly host: string;
  /** Calls once, when so many bytes more have come. */
  after(bytes: number, call: () => void): void;
  /** Waits until nobody waits for an answer. */
  rest(): Promise<void>;
  close(): Promise<void>;
}> {
  const fake = fakeRegistry({ quirks });
  let left = Infinity;
  let onReached = () => {};
  let pending = 0;
  const count = (bytes: number) => {
    left -= bytes;
    if (left > 0) return;
    left = Infinity;
    onReached();
  };
  const { host, close } = await serve({
    fetch: async (request) => {
      pending++;
      try {
        return await fake.fetch(counted(request, count));
      } finally {
        pending--;
      }
    },
  });
  return {
    fake,
    host,
    close,
    after: (bytes, call) => {
      left = bytes;
      onReached = call;
    },
    rest: async () => {
      while (pending > 0) await new Promise((go) => setTimeout(go, 5));
    },
  };
}

/** A request whose body is counted as it comes. */
function counted(request: Request, count: (bytes: number) => void): Request {
  const body = request.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        count(chunk.byteLength);
        controller.enqueue(chunk);
      },
    }),
  );
  // Missing in the types of the DOM, required by the runtimes.
  return body ? new Request(request, { body, ...{ duplex: "half" } }) : request;
}

/** Bytes of all blobs that are stored. */
function sizeOf({ blobs }: FakeRegistry): number {
  return [...blobs.values()].reduce((sum, { length }) => sum + length, 0);
}

const courses: readonly {
  readonly command: "push" | "copy";
  readonly resumable: "all" | "completed";
  /** Of the blob, after how much of it each run is killed. */
  readonly kills: readonly number[];
  /** Bytes that the registry has then, at least. */
  readonly least: number;
}[] = [
  // Whatever has arrived of the one PUT is kept.
  { command: "push", resumable: "all", kills: [0.4, 0.2], least: 0.55 * SIZE },
  // Of the one PUT nothing is kept. After it come parts, of 16 MiB each.
  {
    command: "push",
    resumable: "completed",
    kills: [0.4, 0.8],
    least: 32 * MIB,
  },
  {
    command: "copy",
    resumable: "completed",
    kills: [0.4, 0.8],
    least: 32 * MIB,
  },
];

for (const { command, resumable, kills, least } of courses) {
  test(`a ${command} that is killed sends what the registry lacks, which keeps ${resumable}`, () =>
    withTempDir(async (directory) => {
      const source = join(directory, "source");
      await mkdir(source);
      await writeDistinctBlocks(join(source, "file"), SIZE);
      const { fake, host, after, rest, close } = await servedRegistry({
        resumable,
      });
      try {
        const env = { SCRATCHBUILD_CACHE_DIR: join(directory, "cache") };
        const layout = `oci:${join(directory, "layout")}`;
        const pack = [source, "--compression", "none", "--quiet"];
        const built = await runCliOk(["build", ...pack, "-o", layout]);
        // With a digest, nothing is sent before all is packed: what is has no
        // digest yet, by which another run would know it.
        const [, digest] = built.trim().split("@");
        const reference = `${host}/team/app:1@${digest}`;
        const args = command === "copy"
          ? ["copy", layout, reference, "--quiet"]
          : ["push", ...pack, reference];
        for (const part of kills) {
          const child = spawn(...moduleCommand("cli.ts", args), {
            env: { ...process.env, ...cleanEnvironment, ...env },
            stdio: "ignore",
          });
          const ended = new Promise((resolve, reject) => {
            child.on("error", reject);
            child.on("close", (_, signal) => resolve(signal));
          });
          after(part * SIZE, () => child.kill("SIGKILL"));
          assert.equal(await ended, "SIGKILL");
          await rest();
        }
        const kept = Math.max(
          ...Array.from(fake.uploads.values(), ({ size }) => size),
        );
        assert.ok(kept >= least && kept < SIZE, `${kept} bytes are there`);

        const there = sizeOf(fake) + kept;
        const before = fake.bytesReceived;
        const stdout = await runCliOk(args, { env });
        assertSane(fake);
        assert.equal(fake.tags.get("team/app:1"), digest);
        assert.equal(stdout, `${host}/team/app@${digest}\n`);
        assert.equal(fake.bytesReceived - before, sizeOf(fake) - there);
      } finally {
        await close();
      }
    }));
}

test("a push that is killed while it packs and sends is done by the next one", () =>
  withTempDir(async (directory) => {
    const source = join(directory, "source");
    await mkdir(source);
    await writeDistinctBlocks(join(source, "file"), SIZE);
    const { fake, host, after, rest, close } = await servedRegistry({
      resumable: "completed",
    });
    try {
      const env = { SCRATCHBUILD_CACHE_DIR: join(directory, "cache") };
      const reference = `${host}/team/app:1`;
      const args = ["push", source, "--compression", "none", reference];
      const child = spawn(...moduleCommand("cli.ts", args), {
        env: { ...process.env, ...cleanEnvironment, ...env },
        stdio: "ignore",
      });
      const ended = new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (_, signal) => resolve(signal));
      });
      after(0.2 * SIZE, () => child.kill("SIGKILL"));
      assert.equal(await ended, "SIGKILL");
      await rest();
      assert.equal(fake.tags.get("team/app:1"), undefined);
      const stdout = await runCliOk([...args, "--quiet"], { env });
      assertSane(fake);
      const digest = fake.tags.get("team/app:1");
      assert.equal(stdout, `${host}/team/app@${digest}\n`);
    } finally {
      await close();
    }
  }));
