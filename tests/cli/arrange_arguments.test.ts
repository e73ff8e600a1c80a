import assert from "node:assert/strict";
import { test } from "node:test";
import { arrangeArguments } from "../../src/cli/arrange_arguments.ts";
import { buildDescription } from "../../src/cli/commands/build.ts";
import { lsDescription } from "../../src/cli/commands/ls.ts";

const arrange = (...argv: string[]) =>
  arrangeArguments(argv, buildDescription.groups);

test("a flag takes the next argument, whatever it looks like", () => {
  const cases: [argv: string[], arranged: string[]][] = [
    [["--cmd", "--verbose"], ["--cmd=--verbose"]],
    [["--cmd", "--port=80 -v"], ["--cmd=--port=80 -v"]],
    [["--cmd", "--help"], ["--cmd=--help"]],
    [["--cmd", "-h"], ["--cmd=-h"]],
    [["--cmd", "--"], ["--cmd=--"]],
    [["--password", "-abc"], ["--password=-abc"]],
    [["--env=A=1", "src"], ["--env=A=1", "src"]],
    [["-o", "-"], ["--output=-"]],
    [["-o", "x.tar", "src"], ["--output=x.tar", "src"]],
    [["-o=x.tar"], ["--output=x.tar"]],
    [["-ox.tar"], ["--output=x.tar"]],
    [["-ooci:dir:tag"], ["--output=oci:dir:tag"]],
    [["--compression", "none"], ["--compression=none"]],
  ];
  for (const [argv, arranged] of cases) {
    assert.deepEqual(arrange(...argv), arranged, argv.join(" "));
  }
});

test("a value that is empty or has line ends is kept", () => {
  assert.deepEqual(arrange("--label="), ["--label", ""]);
  assert.deepEqual(arrange("--label", "", "src"), ["--label", "", "src"]);
  assert.deepEqual(arrange("--env=A=x\ny"), ["--env", "A=x\ny"]);
  assert.deepEqual(arrange("--env", "A=\u2028"), ["--env", "A=\u2028"]);
});

test("a flag without its value is left for the parser to refuse", () => {
  assert.deepEqual(arrange("src", "--env"), ["src", "--env"]);
  assert.deepEqual(arrange("-o"), ["--output"]);
});

test("what takes no value, is unknown, or stands behind -- is left alone", () => {
  const argvs = [
    ["--quiet", "src", "-"],
    ["--json=true"],
    ["--nonsense", "x"],
    ["--nonsense=x"],
    ["--constructor", "x"],
    ["-x"],
    ["src", "--", "--env", "-weird:/x", "--"],
  ];
  for (const argv of argvs) assert.deepEqual(arrange(...argv), argv);
});

test("letters of flags without values may stand together", () => {
  const list = (argument: string) =>
    arrangeArguments(["a.tar", argument], lsDescription.groups).slice(1);
  assert.deepEqual(list("-l"), ["--long"]);
  assert.deepEqual(list("-lR"), ["--long", "--recursive"]);
  assert.deepEqual(list("-Rl"), ["--recursive", "--long"]);
  assert.deepEqual(list("-h"), ["-h"]);
  for (const argument of ["-lx", "-lo", "-lh", "-l="]) {
    assert.throws(() => list(argument), { code: "USAGE" }, argument);
  }
  assert.deepEqual(arrange("-l"), ["-l"]);
});

test("what the parser would take for a directory is refused", () => {
  for (
    const argument of ["--1", "---", "-9", "-xyz", "--a", "--="]
  ) {
    assert.throws(() => arrange("src", argument), {
      code: "USAGE",
      message: /^Cannot use ".*": no such flag; put -- before/,
    }, argument);
  }
  assert.throws(
    () => arrange("-entrypoint", "/app"),
    /Cannot use -entrypoint: no such flag, did you mean --entrypoint\?$/,
  );
  assert.throws(
    () => arrange("--quiet="),
    /Cannot use --quiet: it stands alone, without a value$/,
  );
  for (const argument of ["-phunter2", "-p=x y\nhunter2", "--1=hunter2"]) {
    assert.throws(
      () => arrange(argument),
      (error: Error) => !error.message.includes("hunter2"),
    );
  }
});
