import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Registry } from "../../../src/registry/registry.ts";
import { sampleImage, someBytes } from "../../registry/sample_image.ts";
import {
  assertSane,
  fakeRegistry,
  type FakeRegistryOptions,
  type ProfileName,
  serve,
} from "../fake_registry.ts";
import { skipWithout } from "../peers.ts";
import { runOk } from "../run.ts";
import { withTempDir } from "../temp_dir.ts";

const account = { username: "alice", password: "s3cret" };

/** Skopeo copies an image in, reads it back, lists and deletes it. */
async function withSkopeo(options: FakeRegistryOptions): Promise<void> {
  const source = fakeRegistry();
  const image = await sampleImage(someBytes(100_000), someBytes(2000, 2));
  await new Registry("registry.test/a:1", { fetch: source.fetch })
    .write(image);
  const from = await serve(source);
  const registry = fakeRegistry(options);
  const to = await serve(registry);
  const credentials = options.auth
    ? `${account.username}:${account.password}`
    : undefined;
  const creds = (flag: string) =>
    credentials === undefined ? [] : [flag, credentials];
  try {
    await withTempDir(async (directory) => {
      const there = `docker://${to.host}/team/app:1`;
      await runOk("skopeo", [
        ...["copy", "--preserve-digests"],
        ...["--src-tls-verify=false", "--dest-tls-verify=false"],
        ...creds("--dest-creds"),
        ...[`docker://${from.host}/a:1`, there],
      ]);
      assertSane(registry);
      const { digest } = image.manifest.descriptor;
      assert.equal(registry.tags.get("team/app:1"), digest);
      const back = join(directory, "back");
      await mkdir(back);
      const insecure = "--src-tls-verify=false";
      await runOk("skopeo", [
        ...["copy", "--preserve-digests", insecure, ...creds("--src-creds")],
        ...[there, `dir:${back}`],
      ]);
      assert.deepEqual(
        new Uint8Array(await readFile(join(back, "manifest.json"))),
        image.manifest.bytes,
      );
      const list = await runOk("skopeo", [
        ...["list-tags", "--tls-verify=false", ...creds("--creds")],
        `docker://${to.host}/team/app`,
      ]);
      assert.deepEqual(JSON.parse(list).Tags, ["1"]);
    });
  } finally {
    await from.close();
    await to.close();
  }
}

test("skopeo can use it: open, by password, by token", {
  skip: skipWithout("skopeo"),
}, async () => {
  await withSkopeo({});
  for (const scheme of ["basic", "bearer"] as const) {
    await withSkopeo({ auth: { scheme, ...account } });
  }
});

test("skopeo can use those profiles that want nothing unusual", {
  skip: skipWithout("skopeo"),
}, async () => {
  const names: ProfileName[] = ["dockerRegistry", "harbor", "cloudflare"];
  for (const profile of names) await withSkopeo({ profile });
});
