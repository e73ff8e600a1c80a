import assert from "node:assert/strict";
import { test } from "node:test";
import { diffConfigs } from "../../../src/image/diff_configs.ts";
import type { Image } from "../../../src/spec/image.ts";

function image(more: Partial<Image> = {}): Image {
  const rootfs: Image["rootfs"] = { type: "layers", diff_ids: [] };
  return { os: "linux", architecture: "amd64", rootfs, ...more };
}

test("what is other about how images run is told by variable, label, port and volume", () => {
  const before = image({
    author: "me",
    config: {
      Entrypoint: ["/a", "b"],
      Env: ["PATH=/bin", "GONE=1", "SAME=x=y"],
      Labels: { a: "1", b: "2" },
      ExposedPorts: { "80/tcp": {} },
      User: "root",
      Healthcheck: { Test: ["NONE"], Retries: 1 },
    },
  });
  const after = image({
    architecture: "arm64",
    variant: "v8",
    author: "me",
    config: {
      Entrypoint: ["/a"],
      Env: ["SAME=x=y", "PATH=/sbin", "NEW="],
      Labels: { b: "", c: "3" },
      Volumes: { "/data": {} },
      User: "root",
      Healthcheck: { Retries: 1, Test: ["NONE"] },
    },
  });
  assert.deepEqual(diffConfigs(before, after), [
    { name: "architecture", before: "amd64", after: "arm64" },
    { name: "variant", after: "v8" },
    { name: "Entrypoint", before: ["/a", "b"], after: ["/a"] },
    { name: "Env", key: "GONE", before: "1" },
    { name: "Env", key: "NEW", after: "" },
    { name: "Env", key: "PATH", before: "/bin", after: "/sbin" },
    { name: "ExposedPorts", key: "80/tcp", before: {} },
    { name: "Volumes", key: "/data", after: {} },
    { name: "Labels", key: "a", before: "1" },
    { name: "Labels", key: "b", before: "2", after: "" },
    { name: "Labels", key: "c", after: "3" },
  ]);
});

test("what is empty is as good as absent, and times and history are not compared", () => {
  const docker = {
    ...{ User: "", Entrypoint: [], Labels: {}, ArgsEscaped: false },
    ...{ Hostname: "abc", Image: "sha256:1", StopTimeout: 0 },
  };
  const before = image({ created: "2020-01-01T00:00:00Z", config: docker });
  const after = image({ history: [{ created_by: "x" }] });
  assert.deepEqual(diffConfigs(before, after), []);
  assert.deepEqual(diffConfigs(after, before), []);
});

test("odd members of configurations from outside do no harm", () => {
  const odd = {
    Env: ["=x", "A", 7],
    Labels: "text",
    Volumes: 3,
    Cmd: "x\ud800",
  };
  const before = image({ config: odd as unknown as Image["config"] & object });
  const names = diffConfigs(before, image()).map(({ name }) => name);
  assert.deepEqual([...new Set(names)], ["Cmd", "Env", "Labels"]);
  assert.deepEqual(diffConfigs(before, before), []);
});
