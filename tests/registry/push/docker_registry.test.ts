import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../../../src/bytes/sha256.ts";
import type { Publishable } from "../../../src/image/publishable.ts";
import { Registry as MachineRegistry } from "../../../src/machine/registry.ts";
import type {
  UploadJournal,
  UploadRecord,
} from "../../../src/registry/push/upload_journal.ts";
import { Registry as CoreRegistry } from "../../../src/registry/registry.ts";
import { readPublishable } from "../../../src/transfer/read_publishable.ts";
import {
  type DockerRegistry,
  withDockerRegistry,
} from "../../support/docker_registry.ts";
import { skipWithout } from "../../support/peers.ts";
import { sampleArtifact, sampleImage, sampleIndex } from "../sample_image.ts";
import { manyBytes, MIB } from "./push_to.ts";

const skip = skipWithout("docker-registry");
const image = await sampleImage(manyBytes(40 * MIB), manyBytes(100, 2));
const [layer] = image.layers;
const size = 40 * MIB;

/** Reads what the registry has of the image, and checks every digest. */
async function assertStored(
  { host }: DockerRegistry,
  repository = "team/app",
  { descriptor, bytes }: Publishable["manifest"] = image.manifest,
) {
  const base = `http://${host}/v2/${repository}`;
  const { config, layers } = image.manifest.value;
  for (const { digest } of [config, ...layers]) {
    const response = await fetch(`${base}/blobs/${digest}`);
    assert.equal(response.status, 200);
    const bytes = new Uint8Array(await response.arrayBuffer());
    assert.equal(await digestOf(bytes), digest);
  }
  const response = await fetch(`${base}/manifests/1`, {
    headers: { accept: descriptor.mediaType },
  });
  assert.deepEqual(
    new Uint8Array(await response.arrayBuffer()),
    bytes,
  );
}

/** The requests with bytes of blobs that a registry has had. */
async function bodies(registry: DockerRegistry): Promise<string[]> {
  return (await registry.requests())
    .filter(({ method }) => method === "PATCH" || method === "PUT")
    .map(({ method, status }) => `${method} ${status}`);
}

/**
 * A journal in memory that begins with a record that leads nowhere, so that the
 * blob goes up in parts, and that is told of every part.
 */
function journal(
  onSave: (record: UploadRecord) => void = () => {},
): UploadJournal {
  let record: UploadRecord | undefined = { location: "/gone", offset: 0 };
  return {
    load: () => Promise.resolve(record),
    save: (_, next) => {
      record = next;
      onSave(next);
      return Promise.resolve();
    },
    remove: () => Promise.resolve(record = undefined),
  };
}

for (
  const [kind, Registry] of Object.entries({ MachineRegistry, CoreRegistry })
) {
  test(
    `docker-registry takes a blob in parts (${kind})`,
    { skip },
    () =>
      withDockerRegistry({}, async (registry) => {
        const target = new Registry(`${registry.host}/team/app:1`, {
          journal: journal(),
        });
        await target.write(image);
        await assertStored(registry);
        const patches = (await bodies(registry))
          .filter((line) => line.startsWith("PATCH"));
        assert.deepEqual(patches, Array(3).fill("PATCH 202"));
      }),
  );
}

test(
  "an upload to docker-registry goes on after the last part that came whole",
  { skip },
  () =>
    withDockerRegistry({}, async (registry) => {
      const stop = new AbortController();
      const memory = journal(({ offset }) => {
        if (offset === 32 * MIB) stop.abort();
      });
      const reference = `${registry.host}/team/app:1`;
      const options = { journal: memory, concurrency: 1 };
      const target = new MachineRegistry(reference, options);
      await assert.rejects(
        target.write(image, { signal: stop.signal }),
        { code: "ABORTED" },
      );
      const starts: number[] = [];
      await target.write(image, {
        onProgress: ({ descriptor, state, bytes }) => {
          if (descriptor.digest === layer?.digest && state === "start") {
            starts.push(bytes);
          }
        },
      });
      assert.deepEqual(starts, [32 * MIB]);
      await assertStored(registry);
      const lines = await bodies(registry);
      assert.equal(lines.filter((line) => line === "PATCH 202").length, 3);
    }),
);

test(
  "an upload that was stopped amid a part ends well all the same (req-053)",
  { skip },
  () =>
    withDockerRegistry({}, async (registry) => {
      const memory = journal();
      const reference = `${registry.host}/team/app:1`;
      const target = new MachineRegistry(reference, { journal: memory });
      for (const limit of [20 * MIB, 36 * MIB, size]) {
        const stop = new AbortController();
        const write = target.write(image, {
          signal: stop.signal,
          onProgress: ({ descriptor, bytes }) => {
            if (descriptor.size === size && bytes > limit) stop.abort();
          },
        });
        if (limit === size) await write;
        else await assert.rejects(write, { code: "ABORTED" });
      }
      await assertStored(registry);
    }),
);

test("docker-registry takes blobs from another of its repositories (req-056)", {
  skip,
}, () =>
  withDockerRegistry({}, async (registry) => {
    await new MachineRegistry(`${registry.host}/team/base:1`).write(image);
    const before = (await bodies(registry)).length;
    await new MachineRegistry(`${registry.host}/team/app:1`, {
      mountFrom: ["team/base"],
    }).write(image);
    await assertStored(registry);
    assert.deepEqual((await bodies(registry)).slice(before), ["PUT 201"]);
  }));

test("docker-registry takes an index, and a copy of it by mounts alone", {
  skip,
}, () =>
  withDockerRegistry({}, async (registry) => {
    const index = await sampleIndex([
      image,
      await sampleImage(manyBytes(100, 2), manyBytes(300, 3)),
    ]);
    const names = ["team/base", "team/app"];
    const [base, app] = names.map((name) =>
      new MachineRegistry(`${registry.host}/${name}:1`)
    );
    assert.ok(base && app);
    await base.write(index);
    const before = (await bodies(registry)).length;
    await app.write(await readPublishable(base));
    await assertStored(registry, "team/app", index.manifest);
    assert.deepEqual(
      (await bodies(registry)).slice(before),
      Array(3).fill("PUT 201"),
    );
    // And once more it takes no more than one question.
    const asked = (await registry.requests()).length;
    await app.write(index);
    assert.deepEqual((await registry.requests()).slice(asked), [
      { method: "HEAD", path: "/v2/team/app/manifests/1", status: 200 },
    ]);
  }));

test("docker-registry, which lists no referrers, gets them under a tag", {
  skip,
}, () =>
  withDockerRegistry({}, async ({ host }) => {
    const subject = image.manifest.descriptor;
    const registry = new MachineRegistry(`${host}/team/app:1`);
    await registry.write(image);
    const artifacts = await Promise.all([1, 2].map((seed) =>
      sampleArtifact(manyBytes(9, seed), {
        subject,
        annotations: { "org.example.seed": String(seed) },
      })
    ));
    for (const artifact of artifacts) {
      await registry.write(artifact, { tags: [] });
    }
    const found = [];
    for await (const it of registry.referrers(subject.digest)) {
      found.push(it);
    }
    assert.deepEqual(
      found.map(({ digest, annotations }) => [digest, annotations]),
      artifacts.map(({ manifest: { descriptor, value } }) => [
        descriptor.digest,
        value.annotations,
      ]),
    );
  }));
