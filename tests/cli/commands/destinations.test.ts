import assert from "node:assert/strict";
import { test } from "node:test";
import { destinations } from "../../../src/cli/commands/destinations.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;

test("a destination has the tags of its location and those of --tag", () => {
  const cases: [text: string, further: string[], tags: string[]][] = [
    ["me/app", [], ["latest"]],
    ["me/app:1", [], ["1"]],
    ["me/app:1", ["2", "1", "latest"], ["1", "2", "latest"]],
    ["me/app", ["2"], ["2"]],
    [`me/app@${DIGEST}`, [], []],
    [`me/app@${DIGEST}`, ["2"], ["2"]],
    ["oci:dir", [], []],
    ["oci:dir:1", ["2"], ["1", "2"]],
    ["oci-archive:file.tar:1", ["1"], ["1"]],
    ["docker-archive:file.tar", ["2"], ["2"]],
    ["docker-archive:file.tar:me/app", [], ["latest"]],
    ["docker-archive:file.tar:me/app:1", ["2"], ["1", "2"]],
    ["file.tar", ["2"], ["2"]],
    ["-", [], []],
  ];
  for (const [text, further, tags] of cases) {
    const [destination] = destinations("build", [text], further);
    assert.deepEqual(destination?.tags, tags, text);
  }
});

test("two destinations cannot be the same place", () => {
  const cases: [first: string, second: string][] = [
    ["-", "-"],
    ["me/app", "docker.io/me/app:latest"],
    ["ubuntu:1", "docker://index.docker.io/library/ubuntu:1"],
    ["oci:dir", "oci:./dir"],
    ["oci:dir:1", "oci:sub/../dir:1"],
    ["file.tar", "oci-archive:file.tar"],
    ["oci-archive:file:1", "oci-archive:file:2"],
    ["docker-archive:file", "oci-archive:./file"],
    ["oci:out", "oci-archive:out"],
    ["oci-archive:out", "oci:out:1"],
  ];
  for (const [first, second] of cases) {
    assert.throws(
      () => destinations("build", [first, "other.tar", second], []),
      {
        code: "USAGE",
        message: `Cannot write to ${JSON.stringify(first)} and ` +
          JSON.stringify(second) +
          ": both are the same place; leave one of them out",
      },
    );
  }
  const different = ["me/app:1", "me/app:2", "oci:dir:1", "oci:dir:2", "a.tar"];
  assert.equal(destinations("build", different, []).length, 5);
});

test("push takes a registry and nothing else", () => {
  for (const text of ["oci:dir", "file.tar", "-", "docker-archive:x"]) {
    assert.throws(() => destinations("push", [text], []), {
      code: "USAGE",
      message: /push takes a reference to a registry/,
    }, text);
  }
  const [destination] = destinations("push", ["docker://x.tar"], []);
  assert.equal(destination?.location.kind, "registry");
});

test("a wrong reference and a wrong tag are refused", () => {
  assert.throws(() => destinations("build", ["me/App:1"], []), {
    code: "REFERENCE_SYNTAX",
  });
  for (const tag of ["", "-x", ".x", "a b", "a:b", "x".repeat(129)]) {
    assert.throws(() => destinations("build", ["me/app"], ["ok", tag]), {
      code: "USAGE",
      message: /^Cannot use --tag /,
    }, tag);
  }
});
