import assert from "node:assert/strict";
import { test } from "node:test";
import { imageOptions } from "../../src/cli/image_options.ts";

test("without flags the image is as plain as can be", () => {
  assert.deepEqual(imageOptions({}, 0), {
    config: {},
    format: "oci",
    created: "1970-01-01T00:00:00Z",
    annotations: {},
  });
});

test("every flag has its place in the configuration", () => {
  const options = imageOptions({
    entrypoint: ["/app", "-v"],
    cmd: ["serve"],
    env: [["A", "1"], ["B", "2"], ["A", "3"]],
    label: [["x", "1"], ["__proto__", "2"], ["x", "3"]],
    annotation: [["y", "="]],
    user: "1000:1000",
    workdir: "/app",
    expose: ["80/tcp", "53/udp", "80/tcp"],
    volume: ["/data"],
    "stop-signal": "SIGINT",
    created: "2026-01-31T12:00:00Z",
    platform: [{ os: "linux", architecture: "arm64" }],
  }, 1700000000);
  assert.deepEqual(options.config, {
    Entrypoint: ["/app", "-v"],
    Cmd: ["serve"],
    Env: ["A=3", "B=2"],
    Labels: Object.fromEntries([["x", "3"], ["__proto__", "2"]]),
    User: "1000:1000",
    WorkingDir: "/app",
    ExposedPorts: { "80/tcp": {}, "53/udp": {} },
    Volumes: { "/data": {} },
    StopSignal: "SIGINT",
  });
  assert.deepEqual(Object.keys(options.config?.Labels ?? {}), [
    "x",
    "__proto__",
  ]);
  assert.deepEqual(options.annotations, { y: "=" });
  assert.equal(options.created, "2026-01-31T12:00:00Z");
  assert.deepEqual(options.platform, { os: "linux", architecture: "arm64" });
});

test("the time is that of the environment where no flag tells one", () => {
  assert.equal(imageOptions({}, 1700000000).created, "2023-11-14T22:13:20Z");
});

test("a second platform is refused, and why", () => {
  const platform = [
    { os: "linux", architecture: "amd64" },
    { os: "linux", architecture: "arm", variant: "v7" },
  ];
  assert.throws(() => imageOptions({ platform }, 0), {
    code: "USAGE",
    message:
      "Cannot build for linux/amd64 and linux/arm/v7 at once: an image " +
      "is for one platform; build one after the other, each with a tag of its own",
  });
});

test("Docker manifests take no annotations", () => {
  assert.throws(
    () => imageOptions({ annotation: [["a", "b"]], format: "docker" }, 0),
    { code: "USAGE", message: /Docker manifests have no annotations/ },
  );
  assert.equal(imageOptions({ format: "docker" }, 0).format, "docker");
});
