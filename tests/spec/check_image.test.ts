import assert from "node:assert/strict";
import { test } from "node:test";
import { checkImage } from "../../src/spec/check_image.ts";

const diffId = `sha256:${"0".repeat(64)}`;
const sound = {
  os: "linux",
  architecture: "amd64",
  rootfs: { type: "layers", diff_ids: [diffId] },
};

const refuse = (why: string) => new Error(why);
const check = (value: unknown) =>
  checkImage(new TextEncoder().encode(JSON.stringify(value)), refuse);

test("a configuration is read, with members that nobody knows", () => {
  const value = { ...sound, docker_version: "1", config: { Odd: 1 } };
  assert.deepEqual(check(value), value);
});

test("null counts as absent, and so do empty texts of Docker", () => {
  const value = check({
    ...sound,
    author: "",
    variant: null,
    config: { Cmd: null, Env: ["A=1"] },
    history: [{ created: "2020-01-01T00:00:00Z", author: null }],
    rootfs: { type: "layers", diff_ids: null },
  });
  assert.deepEqual(value, {
    ...sound,
    config: { Env: ["A=1"] },
    history: [{ created: "2020-01-01T00:00:00Z" }],
    rootfs: { type: "layers", diff_ids: [] },
  });
});

const faults: [why: RegExp, value: unknown][] = [
  [/not a JSON object/, []],
  [/does not say its os/, { ...sound, os: undefined }],
  [/does not say its architecture/, { ...sound, architecture: "" }],
  [/has no rootfs/, { ...sound, rootfs: undefined }],
  [/type of its rootfs/, { ...sound, rootfs: { type: "tree" } }],
  [/diff_ids/, { ...sound, rootfs: { type: "layers", diff_ids: ["../x"] } }],
  [/diff_ids/, { ...sound, rootfs: { type: "layers", diff_ids: {} } }],
  [/config is not an object/, { ...sound, config: [] }],
  [/history is not a list/, { ...sound, history: {} }],
  [/created_by of its history/, { ...sound, history: [{ created_by: 1 }] }],
  [/author is no text/, { ...sound, author: 1 }],
];

for (const [at, [why, value]] of faults.entries()) {
  test(`a configuration is refused for what is wrong, case ${at + 1}`, () => {
    assert.throws(() => check(value), why);
  });
}
