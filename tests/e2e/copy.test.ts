import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { withDockerRegistry } from "../support/docker_registry.ts";
import { skipWithout } from "../support/peers.ts";
import { runCli, runCliOk } from "../support/run_cli.ts";
import { runOk } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";

const skip = skipWithout("docker-registry", "skopeo");

/** Puts an image of two layers into a registry, and gives its digest. */
async function pushed(
  directory: string,
  reference: string,
  ...flags: string[]
): Promise<string> {
  const sources = ["one", "two"].map((name) => join(directory, name));
  for (const source of sources) {
    await mkdir(source, { recursive: true });
    await writeFile(join(source, "file"), source);
  }
  const stdout = await runCliOk([
    ...["push", ...sources.map((source, at) => `${source}:/${at}`), reference],
    ...["--env", "A=b", "--entrypoint", "/0/file", ...flags],
  ]);
  return digestIn(stdout);
}

function digestIn(stdout: string): string {
  const [, digest = ""] = stdout.match(/@(sha256:[\da-f]{64})\n$/) ?? [];
  assert.ok(digest, stdout);
  return digest;
}

/** The configuration that skopeo reads, byte for byte. */
function configOf(location: string): Promise<string> {
  return runOk("skopeo", [
    ...["inspect", "--tls-verify=false", "--config", "--raw", location],
  ]);
}

const copy = async (...args: string[]) =>
  digestIn(await runCliOk(["copy", "--quiet", ...args]));

test("an image goes round through every kind of place and stays what it is", {
  skip,
}, () =>
  withDockerRegistry({}, ({ host }) =>
    withTempDir(async (root) => {
      for (const format of ["oci", "docker"]) {
        const first = `${host}/round/${format}:1`;
        const digest = await pushed(root, first, "--format", format);
        const config = await configOf(`docker://${first}`);
        const places = [
          first,
          `oci:${root}/${format}:1`,
          `oci-archive:${root}/${format}.tar:1`,
          `${host}/round/${format}-again:2`,
          `docker-archive:${root}/${format}-docker.tar:me/app:3`,
          `${host}/round/${format}-last:4`,
          `${root}/${format}-both.tar`,
        ];
        for (const [position, from] of places.slice(0, -1).entries()) {
          const to = places[position + 1] ?? "";
          assert.equal(await copy(from, to), digest, to);
          const verified = await runCliOk(["verify", to]);
          assert.match(verified, /: right: 1 manifest, 3 blobs, /);
          const seen = to.startsWith(host)
            ? `docker://${to}`
            : to.startsWith("/")
            ? `oci-archive:${to}`
            : to;
          // Of layouts, skopeo reads what has the media types of OCI.
          if (format === "docker" && seen.startsWith("oci")) continue;
          assert.equal(await configOf(seen), config, to);
        }
      }
    })));

test(
  "what skopeo copied is copied on, and the other way round",
  { skip },
  () =>
    withDockerRegistry({}, ({ host }) =>
      withTempDir(async (root) => {
        const skopeo = (...args: string[]) =>
          runOk("skopeo", [
            ...["--insecure-policy", "copy", "--quiet", "--all"],
            ...["--src-tls-verify=false", "--dest-tls-verify=false", ...args],
          ]);
        const digest = await pushed(root, `${host}/a:1`);
        await skopeo(`docker://${host}/a:1`, `oci:${root}/theirs:1`);
        assert.equal(await copy(`oci:${root}/theirs:1`, `${host}/b:1`), digest);
        await copy(`${host}/b:1`, `oci:${root}/ours:1`);
        await skopeo(`oci:${root}/ours:1`, `docker://${host}/c:1`);
        assert.equal(await copy(`${host}/c:1`, `${root}/c.tar`), digest);
        await skopeo(`oci-archive:${root}/c.tar`, `docker://${host}/d:1`);
        assert.equal(await copy(`${host}/d:1`, `oci:${root}/d`), digest);
        const archive = `docker-archive:${root}/old.tar:me/old:1`;
        await skopeo(`docker://${host}/a:1`, archive);
        const { code, stdout, stderr } = await runCli(
          ["copy", archive, `${host}/old:1`],
        );
        assert.equal(code, 0, stderr);
        assert.match(stderr, /holds no manifest of the image, so one was made/);
        const old = digestIn(stdout);
        assert.notEqual(old, digest);
        assert.equal(
          await configOf(`docker://${host}/old:1`),
          await configOf(`docker://${host}/a:1`),
        );
        assert.equal(await copy(`${host}/old:1`, `oci:${root}/old:1`), old);
        await runCliOk(["verify", `oci:${root}/old:1`]);
      })),
);

test(
  "an index goes from one registry to another, and back out of a layout",
  {
    skip,
  },
  () =>
    withDockerRegistry(
      {},
      (a) =>
        withDockerRegistry({}, (b) =>
          withTempDir(async (root) => {
            const add: string[] = [];
            for (
              const platform of ["linux/amd64", "linux/arm64", "linux/arm/v7"]
            ) {
              const tag = platform.replaceAll("/", "-");
              const reference = `${a.host}/app:${tag}`;
              await pushed(root, reference, "--platform", platform);
              add.push("--add", reference);
            }
            const digest = digestIn(
              await runCliOk(
                ["index", "create", `${a.host}/app:1`, ...add, "--quiet"],
              ),
            );
            assert.equal(
              await copy(`${a.host}/app:1`, `${b.host}/app:1`),
              digest,
            );
            const requests = await b.requests();
            const lookups = requests.filter(({ method, path }) =>
              method === "PUT" && path.includes("/manifests/")
            );
            assert.equal(lookups.at(-1)?.path, "/v2/app/manifests/1");
            assert.equal(lookups.length, 4);
            assert.equal(
              await copy(`${b.host}/app:1`, `oci:${root}/layout:1`),
              digest,
            );
            assert.equal(
              await copy(`oci:${root}/layout:1`, `${b.host}/back:1`),
              digest,
            );
            const raw = await runOk("skopeo", [
              ...["inspect", "--tls-verify=false", "--raw"],
              `docker://${b.host}/back:1`,
            ]);
            const { manifests } = JSON.parse(raw);
            assert.deepEqual(
              manifests.map(({ platform }: typeof manifests[0]) => platform),
              [
                { architecture: "amd64", os: "linux" },
                { architecture: "arm64", os: "linux" },
                { architecture: "arm", os: "linux", variant: "v7" },
              ],
            );
            const verified = await runCliOk(["verify", `${b.host}/back:1`]);
            assert.match(verified, /: right: 4 manifests, /);
          })),
    ),
);

test(
  "in one registry, blobs are mounted",
  { skip },
  () =>
    withDockerRegistry({}, ({ host, requests }) =>
      withTempDir(async (root) => {
        const digest = await pushed(root, `${host}/from:1`);
        const before = (await requests()).length;
        assert.equal(await copy(`${host}/from:1`, `${host}/to:1`), digest);
        const lines = (await requests()).slice(before);
        const mounts = lines.filter(({ path }) => path.includes("mount="));
        assert.equal(mounts.length, 3);
        assert.ok(mounts.every(({ status }) => status === 201));
        assert.ok(
          !lines.some(({ method, path }) =>
            method === "PATCH" ||
            (method === "PUT" && path.includes("/uploads/"))
          ),
        );
        assert.equal((await readdir(root)).length, 2);
      })),
);
