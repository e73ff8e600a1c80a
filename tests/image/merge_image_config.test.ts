import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeImageConfig } from "../../src/image/merge_image_config.ts";
import type { ImageConfig } from "../../src/spec/image.ts";

const labels = (json: string): Record<string, string> => JSON.parse(json);

test("variables are joined by name, in the order of the lower one", () => {
  const { Env } = mergeImageConfig(
    { Env: ["PATH=/bin", "MODE=test", "LANG=C"] },
    { Env: ["NEW=1", "MODE=live", "PATH=/app"] },
  );
  assert.deepEqual(Env, ["PATH=/app", "MODE=live", "LANG=C", "NEW=1"]);
});

test("labels, ports and volumes are united, and the upper one wins", () => {
  assert.deepEqual(
    mergeImageConfig({
      Labels: labels('{"a":"1","__proto__":"2","constructor":"3"}'),
      ExposedPorts: { "80/tcp": {} },
      Volumes: { "/a": {} },
    }, {
      Labels: labels('{"a":"4","__proto__":"5","toString":"6"}'),
      ExposedPorts: { "80/tcp": {}, "53/udp": {} },
      Volumes: { "/b": {} },
    }),
    {
      Labels: labels(
        '{"a":"4","__proto__":"5","constructor":"3","toString":"6"}',
      ),
      ExposedPorts: { "80/tcp": {}, "53/udp": {} },
      Volumes: { "/a": {}, "/b": {} },
    },
  );
});

test("whatever else there is replaces, and what is absent does not", () => {
  const lower: ImageConfig = {
    User: "1",
    WorkingDir: "/a",
    Healthcheck: { Test: ["CMD", "/a"], Retries: 3 },
    OnBuild: ["RUN x"],
    Shell: ["/bin/sh"],
    StopSignal: "SIGINT",
    StopTimeout: 5,
  };
  const upper = {
    User: "2",
    WorkingDir: undefined,
    StopSignal: null,
    Healthcheck: { Test: ["NONE"] },
  } as unknown as ImageConfig;
  assert.deepEqual(mergeImageConfig(lower, upper), {
    ...lower,
    User: "2",
    Healthcheck: { Test: ["NONE"] },
  });
});

test("a new entrypoint takes away the command of the old one", () => {
  const lower: ImageConfig = { Entrypoint: ["/a"], Cmd: ["-a"] };
  assert.deepEqual(mergeImageConfig(lower, { Entrypoint: ["/b"] }), {
    Entrypoint: ["/b"],
  });
  assert.deepEqual(
    mergeImageConfig(lower, { Entrypoint: ["/b"], Cmd: ["-b"] }),
    { Entrypoint: ["/b"], Cmd: ["-b"] },
  );
  assert.deepEqual(mergeImageConfig(lower, { Cmd: ["-b"] }), {
    Entrypoint: ["/a"],
    Cmd: ["-b"],
  });
});

test("nulls of other programs are dropped", () => {
  const lower = { Env: null, Labels: null, User: "" } as unknown as ImageConfig;
  assert.deepEqual(mergeImageConfig(lower, { Env: ["A=1"] }), {
    Env: ["A=1"],
    User: "",
  });
});

test("neither configuration is changed", () => {
  const lower = Object.freeze({
    Env: Object.freeze(["A=1"]) as string[],
    Labels: Object.freeze({ a: "1" }),
    Cmd: ["x"],
  });
  const upper = Object.freeze({
    Env: Object.freeze(["A=2"]) as string[],
    Labels: Object.freeze({ a: "2" }),
    Entrypoint: ["y"],
  });
  mergeImageConfig(lower, upper);
  assert.deepEqual([lower.Env, lower.Labels], [["A=1"], { a: "1" }]);
});

test("an empty entrypoint or command takes that of the lower one away", () => {
  const lower = { Entrypoint: ["a"], Cmd: ["b"], User: "1" };
  assert.deepEqual(mergeImageConfig(lower, { Entrypoint: [] }), { User: "1" });
  assert.deepEqual(mergeImageConfig(lower, { Cmd: [] }), {
    Entrypoint: ["a"],
    User: "1",
  });
});

test("nothing below or above changes nothing, and merging is associative", () => {
  const record = fc.dictionary(
    fc.constantFrom("a", "b", "__proto__"),
    fc.string(),
  );
  const config = fc.record({
    User: fc.constantFrom("1", "2"),
    Env: fc.uniqueArray(fc.constantFrom("A=1", "B=1", "C=1")),
    Labels: record,
  }, { requiredKeys: [] }) as fc.Arbitrary<ImageConfig>;
  fc.assert(fc.property(config, config, config, (a, b, c) => {
    assert.deepEqual(mergeImageConfig(a, {}), { ...a });
    assert.deepEqual(mergeImageConfig({}, a), { ...a });
    assert.deepEqual(
      mergeImageConfig(mergeImageConfig(a, b), c),
      mergeImageConfig(a, mergeImageConfig(b, c)),
    );
  }));
});
