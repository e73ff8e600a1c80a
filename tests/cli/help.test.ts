import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { commandDescriptions } from "../../src/cli/application.ts";
import { version } from "../../src/spec/version.ts";
import { runInProcess } from "./run_in_process.ts";

const reference = readFileSync(
  new URL("../../docs/command.md", import.meta.url),
  "utf8",
);

/** The flags that a text names. */
function flagsIn(text: string): string[] {
  return [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]+/g))].sort();
}

test("--version prints the version and nothing else", async () => {
  const result = await runInProcess(["--version"]);
  assert.deepEqual(result, { status: 0, stdout: `${version}\n`, stderr: "" });
});

test("help goes to standard output, whichever way it is asked for", async () => {
  const help = await runInProcess(["--help"]);
  assert.equal(help.status, 0);
  assert.equal(help.stderr, "");
  for (const { name, brief } of commandDescriptions) {
    assert.ok(help.stdout.includes(`\n  ${name} `), name);
    assert.ok(help.stdout.includes(brief), brief);
    const own = await runInProcess([name, "--help"]);
    assert.ok(own.stdout.startsWith(`Usage:\n  scratchbuild ${name} `));
    assert.deepEqual(await runInProcess([name, "-h"]), own);
    assert.deepEqual(await runInProcess([name, "x", "--env", "a", "-h"]), own);
  }
  for (const argv of [[], ["-h"]]) {
    assert.deepEqual(await runInProcess(argv), help);
  }
});

test("--help as the value of a flag is no call for help", async () => {
  const { stdout } = await runInProcess(["build", "--cmd", "--help"]);
  assert.equal(stdout, "");
});

test("no line of help is wider than a terminal", async () => {
  for (const argv of [[], ...commandDescriptions.map(({ name }) => [name])]) {
    const { stdout } = await runInProcess([...argv, "--help"]);
    for (const line of stdout.split("\n")) {
      assert.ok(line.length <= 80, `${line.length}: ${line}`);
    }
  }
});

test("every flag in help is in docs/command.md, and the other way round", async () => {
  const documented = flagsIn(reference);
  const helped = new Set<string>();
  for (const { name } of commandDescriptions) {
    const { stdout } = await runInProcess([name, "--help"]);
    for (const flag of flagsIn(stdout)) helped.add(flag);
  }
  helped.add("--version");
  assert.deepEqual(documented, [...helped].sort());
});

test("docs/command.md has a row for every flag, under the title of its group", () => {
  for (const { groups } of commandDescriptions) {
    for (const { title, flags } of groups) {
      const start = reference.indexOf(`### ${title}`);
      assert.ok(start > 0, title);
      const section = reference.slice(
        start,
        reference.indexOf("\n#", start + 4),
      );
      for (const [name, { placeholder, values }] of Object.entries(flags)) {
        const value = (values?.join("|") ?? placeholder)
          ?.replaceAll("|", "\\|");
        const cell = `--${name}${value ? ` ${value}` : ""}\``;
        assert.ok(section.includes(cell), `${title}: ${cell}`);
      }
    }
  }
});

test("the help of push is what it was", async () => {
  const { stdout } = await runInProcess(["push", "--help"]);
  const golden = new URL("golden/push_help.txt", import.meta.url);
  assert.equal(stdout, readFileSync(golden, "utf8"));
});
