import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaTypes } from "../../../src/spec/media_types.ts";
import { withDockerRegistry } from "../docker_registry.ts";
import { assertSane, fakeRegistry } from "../fake_registry.ts";
import { skipWithout } from "../peers.ts";
import { type Ask, asker, bothWays } from "./ask.ts";
import { conversation } from "./conversation.ts";
import { digestBy } from "./digests.ts";

const { oci } = mediaTypes;
const octets = { "content-type": "application/octet-stream" };
const bytes = (text: string) => new TextEncoder().encode(text);

/** Puts a blob by one POST, and gives its descriptor. */
async function putBlob(ask: Ask, text: string, mediaType: string) {
  const body = bytes(text);
  const digest = digestBy("sha256", body);
  const { status } = await ask(
    `POST /v2/team/app/blobs/uploads/?digest=${digest}`,
    { headers: octets, body },
  );
  assert.equal(status, 201);
  return { mediaType, digest, size: body.byteLength };
}

async function putManifest(ask: Ask, name: string, more: object = {}) {
  const config = await putBlob(ask, "{}", oci.config);
  const layers = [await putBlob(ask, "layer", oci.layer)];
  const mediaType = oci.manifest;
  const body = JSON.stringify({
    ...{ schemaVersion: 2, mediaType, config, layers },
    ...more,
  });
  const digest = digestBy("sha256", bytes(body));
  const at = name === "" ? digest : name;
  const response = await ask(`PUT /v2/team/app/manifests/${at}`, {
    headers: { "content-type": mediaType },
    body,
  });
  return { response, mediaType, digest, size: bytes(body).byteLength };
}

test("it says what docker-registry says", {
  skip: skipWithout("docker-registry"),
}, async () => {
  const told = await withDockerRegistry(
    {},
    ({ host }) =>
      conversation(asker((request) => fetch(request), `http://${host}`)),
  );
  await bothWays(
    () => fakeRegistry({ profile: "dockerRegistry" }),
    async (ask, registry, way) => {
      const own = await conversation(ask);
      // It now and then leaves the body of a refusal out.
      const expected = told.map((line, i) =>
        / 4\d\d$/.test(line) && own[i]?.startsWith(`${line} `) ? own[i] : line
      );
      assert.deepEqual(own, expected, way);
      assertSane(registry);
    },
  );
});

test("it says the same as a function and over HTTP, and the specification", async () => {
  const told: string[][] = [];
  await bothWays(fakeRegistry, async (ask, registry) => {
    told.push(await conversation(ask));
    assertSane({ ...registry, tags: new Map(), manifests: new Map() });
  });
  const [direct = [], served] = told;
  assert.deepEqual(direct, served);
  const has = (pattern: RegExp, count = 1) =>
    assert.equal(
      direct.filter((line) => pattern.test(line)).length,
      count,
      String(pattern),
    );
  has(/^GET .*referrers.* 200$/);
  has(/^PATCH .* 416$/);
  has(/^POST .* 201 sha256/, 2);
  has(/^PUT .* 201 sha512/);
  has(/^DELETE .* 202$/, 2);
  has(/^GET .*list 200 <\/v2\/team\/app\/tags\/list\?n=2&last=2>; rel="next"/);
});

test("a manifest of 4 MiB is taken, a larger one is a 413", async () => {
  const ask = asker(fakeRegistry().fetch);
  const { size } = await putManifest(ask, "1", { annotations: { a: "" } });
  const pad = (length: number) => ({ annotations: { a: "x".repeat(length) } });
  const most = 4 * 1024 * 1024 - size;
  const { response } = await putManifest(ask, "2", pad(most));
  assert.equal(response.status, 201);
  const larger = await putManifest(ask, "3", pad(most + 1));
  assert.equal(larger.response.status, 413);
});

test("a manifest has to be one, and to be complete", async () => {
  const ask = asker(fakeRegistry().fetch);
  const status = async (more: object, name = "1") =>
    (await putManifest(ask, name, more)).response.status;
  assert.equal(await status({}), 201);
  const gone = { mediaType: oci.layer, digest: digestBy("sha256", bytes("?")) };
  for (
    const wrong of [
      { schemaVersion: 1 },
      { mediaType: oci.index },
      { manifests: [] },
      { layers: "none" },
      { layers: [{}] },
      { layers: [{ ...gone, size: -1 }] },
      { config: undefined },
      { subject: {} },
    ]
  ) assert.equal(await status(wrong), 400, JSON.stringify(wrong));
  assert.equal(await status({ layers: [{ ...gone, size: 1 }] }), 400);
  assert.equal(await status({ subject: { ...gone, size: 1 } }), 201);
  const foreign = mediaTypes.docker.layerGzip.replace("diff", "foreign.diff");
  const elsewhere = { ...gone, mediaType: foreign, size: 1 };
  assert.equal(await status({ layers: [elsewhere] }), 201);
  for (const name of [".1", "x".repeat(129), "sha256:12", "md5:ab"]) {
    assert.equal(await status({}, name), 400, name);
  }
  const { response } = await putManifest(ask, "");
  assert.equal(response.status, 201);
});

test("names that no repository may have", async () => {
  const ask = asker(fakeRegistry().fetch);
  for (const name of ["A", "a..b", "a/-b", "a___b", "a/"]) {
    const response = await ask(`GET /v2/${name}/tags/list`);
    assert.equal(response.status, 400, name);
  }
});

test("referrers: noted, filtered, in pages", async () => {
  await bothWays(
    () => fakeRegistry({ quirks: { pageSize: 2 } }),
    async (ask, registry) => {
      const { digest, mediaType, size } = await putManifest(ask, "1");
      const subject = { mediaType, digest, size };
      const types = ["text/a", "text/b", "text/a", "text/a"];
      for (const [i, artifactType] of types.entries()) {
        const annotations = { i: String(i) };
        const more = { subject, artifactType, annotations };
        const { response } = await putManifest(ask, "", more);
        assert.equal(response.headers.get("oci-subject"), digest);
      }
      const pages = async (query: string) => {
        const found: string[][] = [];
        let next = `/v2/team/app/referrers/${digest}${query}`;
        while (next !== "") {
          const response = await ask(`GET ${next}`);
          const { headers } = response;
          assert.equal(headers.get("content-type"), oci.index);
          assert.equal(
            headers.get("oci-filters-applied"),
            query === "" ? null : "artifactType",
          );
          const index = await response.json();
          found.push(index.manifests.map((
            { artifactType, annotations }: {
              artifactType: string;
              annotations: { i: string };
            },
          ) => `${artifactType} ${annotations.i}`));
          const link = headers.get("link") ?? "";
          next = /^<(.*)>; rel="next"$/.exec(link)?.[1] ?? "";
        }
        return found;
      };
      assert.deepEqual(await pages(""), [
        ["text/a 0", "text/b 1"],
        ["text/a 2", "text/a 3"],
      ]);
      const filtered = "?artifactType=text%2Fa";
      assert.deepEqual(await pages(filtered), [
        ["text/a 0", "text/a 2"],
        ["text/a 3"],
      ]);
      const nobody = await ask(
        `GET /v2/team/app/referrers/${digestBy("sha256", bytes("?"))}`,
      );
      assert.deepEqual((await nobody.json()).manifests, []);
      assertSane(registry);
    },
  );
});

test("deletes: a tag, a manifest with its tags, a blob", async () => {
  const registry = fakeRegistry();
  const ask = asker(registry.fetch);
  const { digest } = await putManifest(ask, "1");
  await putManifest(ask, "2");
  const status = async (line: string) => (await ask(line)).status;
  assert.equal(await status("DELETE /v2/team/app/manifests/1"), 202);
  assert.equal(await status("DELETE /v2/team/app/manifests/1"), 404);
  assert.deepEqual([...registry.tags.keys()], ["team/app:2"]);
  assert.equal(await status(`DELETE /v2/team/app/manifests/${digest}`), 202);
  assert.equal(await status("HEAD /v2/team/app/manifests/2"), 404);
  assert.equal(registry.tags.size, 0);
  const [blob = ""] = registry.blobs.keys();
  const path = blob.replace("@", "/blobs/");
  assert.equal(await status(`DELETE /v2/${path}`), 202);
  assert.equal(await status(`DELETE /v2/${path}`), 404);
});

test("ranges of a blob", async () => {
  const ask = asker(fakeRegistry().fetch);
  const { digest } = await putBlob(ask, "0123456789", oci.layer);
  const get = async (range: string) => {
    const response = await ask(`GET /v2/team/app/blobs/${digest}`, {
      headers: { range },
    });
    const { status, headers } = response;
    const told = headers.get("content-range");
    return `${status} ${told} ${status === 416 ? "" : await response.text()}`;
  };
  assert.equal(await get("bytes=0-0"), "206 bytes 0-0/10 0");
  assert.equal(await get("bytes=7-"), "206 bytes 7-9/10 789");
  assert.equal(await get("bytes=7-99"), "206 bytes 7-9/10 789");
  assert.equal(await get("bytes=-3"), "206 bytes 7-9/10 789");
  assert.equal(await get("bytes=10-"), "416 bytes */10 ");
  for (const odd of ["bytes=5-3", "bytes=-", "lines=1-2", "bytes=0-1,3-4"]) {
    assert.equal(await get(odd), "200 null 0123456789", odd);
  }
});

test("assertSane finds what is wrong", async () => {
  const make = async () => {
    const registry = fakeRegistry();
    const { digest } = await putManifest(asker(registry.fetch), "1");
    assertSane(registry);
    return { registry, digest };
  };
  const spoil: ((registry: ReturnType<typeof fakeRegistry>) => void)[] = [
    ({ blobs }) => blobs.delete([...blobs.keys()][1] ?? ""),
    ({ blobs }) => blobs.set([...blobs.keys()][1] ?? "", bytes("lAyer")),
    ({ manifests }) => manifests.clear(),
    ({ manifests }) => {
      for (const manifest of manifests.values()) manifest.bytes = bytes("{}");
    },
    ({ tags }) => tags.set("other:1", digestBy("sha256", bytes("?"))),
  ];
  for (const [i, act] of spoil.entries()) {
    const { registry } = await make();
    act(registry);
    assert.throws(() => assertSane(registry), /./, String(i));
  }
});
