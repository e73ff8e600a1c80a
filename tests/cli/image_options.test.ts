import assert from "node:assert/strict";
import { test } from "node:test";
import type { ImageFlags } from "../../src/cli/flags/image_flags.ts";
import {
  checkDrives,
  imageOptions,
  type ImageSettings,
} from "../../src/cli/image_options.ts";

/** The options, without what they warn through. */
function optionsOf(
  flags: ImageFlags,
  { epoch = 0, env = {}, warn = assert.fail as (text: string) => void } = {},
): ImageSettings {
  const { onWarning, ...options } = imageOptions(flags, { epoch, env, warn });
  assert.equal(onWarning, warn);
  return options;
}

test("without flags the image is as plain as can be", () => {
  assert.deepEqual(optionsOf({}), {
    config: {},
    format: "oci",
    created: "1970-01-01T00:00:00Z",
    annotations: {},
  });
});

test("every flag has its place in the configuration", () => {
  const options = optionsOf({
    entrypoint: ["/app", "-v"],
    cmd: ["serve"],
    env: [["A", "1"], ["B", "2"], ["A", "3"]],
    label: [["x", "1"], ["__proto__", "2"], ["x", "3"]],
    annotation: [["y", "="]],
    user: "1000:1000",
    workdir: "/app",
    expose: ["80/tcp", "53/udp", "80/tcp", "8000-8002/tcp"],
    volume: ["/data"],
    "stop-signal": "SIGINT",
    "health-cmd": ["CMD", "/app", "--health"],
    "health-interval": 30_000_000_000,
    "health-timeout": 1_000_000,
    "health-start-period": 0,
    "health-start-interval": 5_000_000_000,
    "health-retries": 0,
    author: "me",
    created: "2026-01-31T12:00:00Z",
  }, { epoch: 1700000000 });
  assert.deepEqual(options.config, {
    Entrypoint: ["/app", "-v"],
    Cmd: ["serve"],
    Env: ["A=3", "B=2"],
    Labels: Object.fromEntries([["x", "3"], ["__proto__", "2"]]),
    User: "1000:1000",
    WorkingDir: "/app",
    ExposedPorts: {
      "80/tcp": {},
      "53/udp": {},
      "8000/tcp": {},
      "8001/tcp": {},
      "8002/tcp": {},
    },
    Volumes: { "/data": {} },
    StopSignal: "SIGINT",
    Healthcheck: {
      Test: ["CMD", "/app", "--health"],
      Interval: 30_000_000_000,
      Timeout: 1_000_000,
      StartPeriod: 0,
      StartInterval: 5_000_000_000,
      Retries: 0,
    },
  });
  assert.deepEqual(Object.keys(options.config?.Labels ?? {}), [
    "x",
    "__proto__",
  ]);
  assert.deepEqual(options.annotations, { y: "=" });
  assert.equal(options.author, "me");
  assert.equal(options.created, "2026-01-31T12:00:00Z");
});

test("the time is that of the environment where no flag tells one", () => {
  const { created } = optionsOf({}, { epoch: 1700000000 });
  assert.equal(created, "2023-11-14T22:13:20Z");
});

test("--env NAME takes the value from the environment", () => {
  const warnings: string[] = [];
  const { config } = optionsOf({
    env: [["A"], ["B", "2"], ["EMPTY"], ["GONE"], ["B"], ["toString"], ["C"]],
  }, {
    env: { A: "x=y", B: "3", EMPTY: "" },
    warn: (text) => warnings.push(text),
  });
  assert.deepEqual(config?.Env, ["A=x=y", "B=3", "EMPTY="]);
  assert.deepEqual(warnings, [
    '--env "GONE" is left out: the environment does not have it',
    '--env "toString" is left out: the environment does not have it',
    '--env "C" is left out: the environment does not have it',
  ]);
});

test("--env NAME of nothing leaves the image as it is without", () => {
  const { config } = optionsOf({ env: [["GONE"]] }, { warn: () => {} });
  assert.deepEqual(config, {});
});

test("--env NAME=value after --env NAME needs no environment", () => {
  const { config } = optionsOf({ env: [["A"], ["A", "1"]] });
  assert.deepEqual(config?.Env, ["A=1"]);
});

test("Docker manifests take no annotations", () => {
  assert.throws(
    () => optionsOf({ annotation: [["a", "b"]], format: "docker" }),
    { code: "USAGE", message: /Docker manifests have no annotations/ },
  );
  assert.equal(optionsOf({ format: "docker" }).format, "docker");
});

test("what no single flag shows is refused before anything is packed", () => {
  assert.throws(() => optionsOf({ cmd: [""] }), {
    code: "USAGE",
    message:
      "Cannot build the image: the first word of its command is empty, " +
      "and names no program",
  });
});

test("paths with a drive are for Windows", () => {
  const flags = { workdir: "C:/app", volume: ["d:\\data"] };
  assert.equal(optionsOf(flags).config?.WorkingDir, "C:/app");
  checkDrives(flags, "windows");
  for (const [name, value] of Object.entries(flags)) {
    assert.throws(() => checkDrives({ [name]: value }, "linux"), {
      code: "USAGE",
      message: `Cannot use --${name} ${JSON.stringify(`${value}`)}: an image ` +
        "for linux has no drives; write a path that begins with /",
    });
  }
});

test("--no-healthcheck is a check of its own", () => {
  assert.deepEqual(optionsOf({ "no-healthcheck": true }).config, {
    Healthcheck: { Test: ["NONE"] },
  });
});

test("flags of the health check that contradict each other are refused", () => {
  for (
    const [flags, message] of [
      [
        { "health-cmd": ["CMD", "/x"], "no-healthcheck": true },
        "Cannot use --health-cmd with --no-healthcheck; leave one of them out",
      ],
      [
        { "health-retries": 0, "no-healthcheck": true },
        "Cannot use --health-retries with --no-healthcheck; leave one of them out",
      ],
      [
        { "health-interval": 0 },
        "Cannot use --health-interval without --health-cmd, the check itself",
      ],
    ] as [ImageFlags, string][]
  ) assert.throws(() => optionsOf(flags), { code: "USAGE", message });
});

test("an empty command is taken on a base alone", () => {
  const { config } = optionsOf({ entrypoint: [], from: "debian:12" });
  assert.deepEqual(config, { Entrypoint: [] });
  for (const from of [undefined, "scratch"]) {
    assert.throws(() => optionsOf({ cmd: [], ...(from && { from }) }), {
      code: "USAGE",
      message: /Cannot use --cmd \[\]: it is empty, and there is no base image/,
    });
  }
});
