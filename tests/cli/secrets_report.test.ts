import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { LayerFlags } from "../../src/cli/flags/layer_flags.ts";
import {
  reportSecrets,
  type SearchedSource,
} from "../../src/cli/secrets_report.ts";
import { withTempDir } from "../support/temp_dir.ts";

const key = { path: "keys/id_rsa", what: "a private key" };

function report(
  source: SearchedSource,
  flags: LayerFlags = {},
  findings = [key],
): string[] {
  const lines: string[] = [];
  reportSecrets(findings, source, flags, (line) => lines.push(line));
  return lines;
}

const directory = { path: "dist", kind: "directory" } as const;

test("what was found is told of in one line, with what to do", () => {
  const rows: [source: SearchedSource, flags: LayerFlags, next: string][] = [
    [directory, {}, "name it in dist/.dockerignore"],
    [directory, { "ignore-file": "x.ignore" }, "name it in x.ignore"],
    [
      directory,
      { "no-ignore": true },
      "name it in dist/.dockerignore and leave --no-ignore out",
    ],
    [{ path: "dist", kind: "file" }, {}, "leave it out of the command"],
    [{ path: "dist", kind: "tar" }, {}, "leave it out of the tar"],
  ];
  for (const [source, flags, next] of rows) {
    assert.deepEqual(report(source, flags), [
      "dist holds what should not be in an image: keys/id_rsa " +
      `(a private key); ${next}, or allow it with --allow-secret PATTERN`,
    ]);
  }
});

test("a .scratchbuildignore that is there is the one to name it in", () =>
  withTempDir(async (path) => {
    await writeFile(join(path, ".scratchbuildignore"), "");
    const [line = ""] = report({ path, kind: "directory" });
    assert.ok(line.includes(`name it in ${path}/.scratchbuildignore, `), line);
  }));

test("no more than ten are named", () => {
  const many = Array.from({ length: 300 }, (_, index) => ({
    path: `${index}\n.pem`,
    what: "a private key",
  }));
  const [line = "", ...others] = report(directory, {}, many);
  assert.deepEqual(others, []);
  assert.match(
    line,
    / 9\\u000a\.pem \(a private key\) and 290 more; name them /,
  );
  assert.ok(!line.includes("10\\u000a"));
  assert.ok(!line.includes("\n"));
});

test("--secrets error stops the build", () => {
  assert.throws(() => report(directory, { secrets: "error" }), {
    code: "SECRETS",
    message: "Cannot pack dist: it holds what should not be in an image: " +
      "keys/id_rsa (a private key); name it in dist/.dockerignore, " +
      "or allow it with --allow-secret PATTERN",
  });
});
