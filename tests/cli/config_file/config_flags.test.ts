import assert from "node:assert/strict";
import { test } from "node:test";
import { configFlags } from "../../../src/cli/config_file/config_flags.ts";
import { imageFlags } from "../../../src/cli/flags/image_flags.ts";
import type { JsonObject } from "../../../src/spec/check_descriptor.ts";

const read = (settings: JsonObject) =>
  configFlags(settings, (why) => new Error(why));

test("every setting gives what its flag gives", () => {
  assert.deepEqual(
    read({
      $schema: "https://example.com/x.json",
      entrypoint: ["/app", "-v"],
      cmd: "serve 'a b'",
      env: { A: "1=2", B: null },
      label: ["x=1", "y=a,b"],
      annotation: { "org.example": "=" },
      user: 1000,
      workdir: "/app",
      expose: [8080, "53/udp"],
      volume: "/data",
      stopSignal: "SIGINT",
      "health-cmd": ["/app", "--health"],
      healthInterval: "30s",
      author: "me",
      created: 1700000000,
      platform: "linux/arm/v7",
      osVersion: "1",
      "os-feature": ["a", "b"],
      format: "docker",
      from: "debian:12",
      foreignLayers: true,
      vcs: true,
      owner: "1:2",
      compression: "gzip",
      compressionLevel: 9,
    }),
    {
      entrypoint: ["/app", "-v"],
      cmd: ["serve", "a b"],
      env: [["A", "1=2"], ["B"]],
      label: [["x", "1"], ["y", "a,b"]],
      annotation: [["org.example", "="]],
      user: "1000",
      workdir: "/app",
      expose: ["8080/tcp", "53/udp"],
      volume: ["/data"],
      "stop-signal": "SIGINT",
      "health-cmd": ["CMD", "/app", "--health"],
      "health-interval": 30e9,
      author: "me",
      created: "2023-11-14T22:13:20Z",
      platform: [{ os: "linux", architecture: "arm", variant: "v7" }],
      "os-version": "1",
      "os-feature": ["a", "b"],
      format: "docker",
      from: "debian:12",
      "foreign-layers": true,
      vcs: true,
      owner: { uid: 1, gid: 2 },
      compression: "gzip",
      "compression-level": 9,
    },
  );
});

test("every flag of an image but --config is a setting", () => {
  for (const name of Object.keys(imageFlags)) {
    if (name === "config") continue;
    // An object is a value of hardly any, and yet none is unknown.
    assert.throws(
      () => read({ [name]: { "=": 1 } }),
      ({ message }) => !message.includes("no such setting"),
      name,
    );
  }
});

test("variables come from the environment in lists and in objects", () => {
  assert.deepEqual(read({ env: ["A", "B=1"] }).env, [["A"], ["B", "1"]]);
  assert.deepEqual(read({ env: JSON.parse('{"__proto__":"x"}') }).env, [
    ["__proto__", "x"],
  ]);
});

test("what is off is not set", () => {
  assert.deepEqual(read({ vcs: false, "no-healthcheck": false }), {});
});

test("a health check may be an object, as Docker and Compose have it", () => {
  assert.deepEqual(
    read({
      healthcheck: {
        test: ["CMD-SHELL", "curl -f localhost"],
        interval: "1m30s",
        timeout: "500ms",
        startPeriod: "10s",
        "start-interval": "1s",
        retries: 3,
      },
    }),
    {
      "health-cmd": ["CMD-SHELL", "curl -f localhost"],
      "health-interval": 90e9,
      "health-timeout": 5e8,
      "health-start-period": 10e9,
      "health-start-interval": 1e9,
      "health-retries": 3,
    },
  );
  assert.deepEqual(read({ healthcheck: { test: "curl x" } }), {
    "health-cmd": ["CMD-SHELL", "curl x"],
  });
  const none = { "no-healthcheck": true };
  assert.deepEqual(read({ healthcheck: false }), none);
  assert.deepEqual(read({ healthcheck: { test: ["NONE"] } }), none);
});

const wrong: [settings: JsonObject, why: RegExp][] = [
  [
    { labels: {} },
    /^it has "labels", and there is no such setting; did you mean "label"\?$/,
  ],
  [{ xyzzy: 1 }, /^it has "xyzzy", and there is no such setting$/],
  [{ config: "x.json" }, /no such setting/],
  [{ tag: "x" }, /no such setting/],
  [{ password: "x" }, /no such setting/],
  [{ constructor: "x" }, /no such setting/],
  [JSON.parse('{"__proto__":"x"}'), /no such setting/],
  [{ "stop-signal": "9", stopSignal: "9" }, /^it has stopSignal twice$/],
  [{ "health-retries": 1, healthcheck: { retries: 1 } }, /retries twice/],
  [
    { healthcheck: { test: ["NONE"], interval: "1s" } },
    /^it has a health check, and says that there is none; leave one of them out$/,
  ],
  [{ user: "a b" }, /^user "a b": write USER/],
  [{ user: null }, /^user is no text$/],
  [{ user: true }, /^user is no text$/],
  [{ user: 1.5 }, /^user is no text$/],
  [{ user: 2147483648 }, /^user "2147483648": a number must/],
  [{ user: ["a", "b"] }, /^user is a list, and takes one value/],
  [{ user: { a: "b" } }, /^user is no text$/],
  [{ workdir: "app" }, /^workdir "app": .*absolute/],
  [{ expose: [70000] }, /^expose "70000": write a port/],
  [{ expose: [{}] }, /^item 1 of expose is no text$/],
  [{ env: { A: 1 } }, /^"A" in env is no text; put it in quotes$/],
  [{ env: { "": "1" } }, /^env has the name "", which cannot be$/],
  [{ env: { "A=B": "1" } }, /^env has the name "A=B"/],
  [{ env: ["=x"] }, /^env "=x": write NAME=value/],
  [{ label: { a: null } }, /^"a" in label is no text/],
  [{ label: ["a"] }, /^label "a": write NAME=value/],
  [{ entrypoint: "" }, /^entrypoint "": it is empty; leave it out/],
  [{ entrypoint: [1] }, /^entrypoint .*JSON array of texts/],
  [{ cmd: "a 'b" }, /^cmd "a 'b": the quote ' is not closed/],
  [{ platform: "linux" }, /^platform: cannot read the platform "linux"/],
  [{ format: "appc" }, /^format "appc": write oci or docker$/],
  [{ vcs: "yes" }, /^vcs is neither true nor false$/],
  [{ created: "now" }, /^created "now": write a date/],
  [{ healthcheck: true }, /^healthcheck is neither an object nor false$/],
  [{ healthcheck: null }, /^healthcheck is neither/],
  [{ healthcheck: { tset: "x" } }, /has "healthcheck\.tset", .*no such/],
  [{ healthcheck: { test: ["curl"] } }, /^healthcheck\.test cannot be right/],
  [{ healthcheck: { test: [] } }, /^healthcheck\.test cannot be right/],
  [{ healthcheck: { test: [1] } }, /^healthcheck\.test cannot be right/],
  [{ healthcheck: { interval: 30 } }, /^healthcheck\.interval "30": write/],
  [{ healthcheck: { retries: -1 } }, /^healthcheck\.retries "-1": write/],
];

for (const [settings, why] of wrong) {
  test(`refused: ${JSON.stringify(settings)}`, () => {
    assert.throws(() => read(settings), { message: why });
  });
}
