import assert from "node:assert/strict";
import { test } from "node:test";
import { checkImageConfig } from "../../src/image/check_image_config.ts";
import type { ImageConfig } from "../../src/spec/image.ts";

function check(config: unknown): void {
  checkImageConfig(config as ImageConfig, (why) => {
    throw new Error(why);
  });
}

const accepted: unknown[] = [
  {},
  {
    User: "",
    WorkingDir: "",
    StopSignal: "",
    Env: [],
    Cmd: [],
    Entrypoint: [],
  },
  { User: "2147483647:app", WorkingDir: "C:\\app", StopSignal: "SIGRTMIN+3" },
  { Entrypoint: ["/app"], Cmd: [""], Shell: ["/bin/sh", "-c"], OnBuild: ["x"] },
  { Env: ["A=", "B=1=2", "C=a\nb", "__proto__=x"] },
  { ExposedPorts: { "80": {}, "53/udp": {}, "8000-8010/tcp": {} } },
  { Volumes: { "/data": {}, "c:/data": {} } },
  { Labels: { "a,b=c": "d,e=f", "ü\u2028": "<&>" } },
  { StopTimeout: -1, ArgsEscaped: true },
  { StopTimeout: 0 },
  { Healthcheck: {} },
  { Healthcheck: { Test: [] } },
  { Healthcheck: { Test: ["NONE"] } },
  {
    Healthcheck: {
      Test: ["CMD", "/app", "--health"],
      Interval: 0,
      Timeout: 1_000_000,
      StartPeriod: 30_000_000_000,
      StartInterval: 5_000_000_000,
      Retries: 3,
    },
  },
];

for (const config of accepted) {
  test(`accepted: ${JSON.stringify(config)}`, () => check(config));
}

const refused: [config: unknown, why: RegExp][] = [
  [{ User: "2147483648" }, /User cannot be "2147483648": .*2147483647/],
  [{ User: "0:4294967295" }, /User cannot be/],
  [{ User: "a b" }, /USER:GROUP/],
  [{ User: 1000 }, /User is no text/],
  [{ WorkingDir: "app" }, /WorkingDir cannot be "app": .*absolute/],
  [{ WorkingDir: "/a\0" }, /WorkingDir/],
  [{ StopSignal: "TERM" }, /StopSignal cannot be "TERM"/],
  [{ StopSignal: "65" }, /StopSignal/],
  [{ Entrypoint: "/app" }, /Entrypoint is not a list/],
  [{ Entrypoint: [""] }, /names no program/],
  [{ Cmd: ["", "x"] }, /names no program/],
  [{ Cmd: [1] }, /Cmd is not a list of texts/],
  [{ Cmd: ["a\0b"] }, /NUL/],
  [{ Env: "A=1" }, /Env is not a list/],
  [{ Env: ["FOO"] }, /"FOO" is not NAME=value/],
  [{ Env: ["=x"] }, /not NAME=value/],
  [{ Env: [1] }, /not NAME=value/],
  [{ Env: ["KEY=se\0cret"] }, /^the variable "KEY" holds a NUL character$/],
  [{ ExposedPorts: { "70000": {} } }, /ExposedPorts cannot hold "70000"/],
  [{ ExposedPorts: { "80/http": {} } }, /ExposedPorts cannot hold/],
  [{ ExposedPorts: { "90-80": {} } }, /ExposedPorts cannot hold/],
  [{ ExposedPorts: ["80"] }, /ExposedPorts is not an object/],
  [{ ExposedPorts: { "80": true } }, /"80" in ExposedPorts is not an empty/],
  [{ Volumes: { data: {} } }, /Volumes cannot hold "data": .*absolute/],
  [{ Volumes: { "/data": { a: 1 } } }, /not an empty object/],
  [{ Volumes: { "/": {} } }, /Volumes cannot hold "\/": the root of the image/],
  [{ Labels: { "": "x" } }, /one of the labels has no name/],
  [{ entrypoint: "x" }, /the member "entrypoint" is written Entrypoint/],
  [{ Labels: { a: 1 } }, /the label "a" is no text/],
  [{ Labels: ["a"] }, /the labels are not an object/],
  [{ StopTimeout: 1.5 }, /StopTimeout/],
  [{ StopTimeout: -2 }, /StopTimeout/],
  [{ ArgsEscaped: "yes" }, /ArgsEscaped/],
  [{ Healthcheck: ["CMD"] }, /Healthcheck is not an object/],
  [{ Healthcheck: { Test: "curl" } }, /Test of Healthcheck .* a list/],
  [{ Healthcheck: { Test: ["curl"] } }, /CMD-SHELL/],
  [{ Healthcheck: { Interval: 30 } }, /Interval .*nanoseconds, cannot be 30/],
  [{ Healthcheck: { Timeout: -1 } }, /Timeout/],
  [{ Healthcheck: { StartPeriod: "30s" } }, /StartPeriod/],
  [{ Healthcheck: { StartInterval: 2 ** 53 } }, /StartInterval/],
  [{ Healthcheck: { Retries: -1 } }, /Retries/],
  [{ Healthcheck: { Retries: 1.5 } }, /Retries/],
];

for (const [config, why] of refused) {
  test(`refused: ${JSON.stringify(config)}`, () => {
    assert.throws(() => check(config), { message: why });
  });
}

test("a message about a long text stays short", () => {
  assert.throws(() => check({ User: "a b".repeat(10_000) }), ({ message }) => {
    assert.ok(message.length < 300, message);
    return true;
  });
});
