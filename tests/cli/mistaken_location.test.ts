import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { errorLines } from "../../src/cli/error_line.ts";
import { mistakenLocation } from "../../src/cli/mistaken_location.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import { withTempDir } from "../support/temp_dir.ts";

const failed = new ScratchbuildError("Cannot get it", { code: "REGISTRY" });

/** Lends what is said where a registry failed, beside `dir` and `file`. */
function withHints(
  use: (said: (...inputs: string[]) => string | undefined) => void,
): Promise<void> {
  return withTempDir(async (root) => {
    await mkdir(join(root, "dir"));
    for (const name of ["file", "file.tar"]) {
      await writeFile(join(root, name), "");
    }
    use((...inputs) => mistakenLocation(failed, inputs, root));
  });
}

test("what reads as a name and lies here was meant as what lies here", () =>
  withHints((said) => {
    const dir = 'Here "dir" is a directory; a layout is written oci:dir';
    assert.equal(said("inspect", "dir", "--json"), dir);
    assert.equal(said("copy", "a/b", "dir"), dir);
    assert.equal(said("index", "create", "a/b", "--add=dir"), dir);
    assert.equal(said("build", "file", "--from=dir"), dir);
    assert.equal(
      said("verify", "file"),
      'Here "file" is a file; an archive is written oci-archive:file or ' +
        "docker-archive:file",
    );
  }));

test("what was meant as a name, or is no location, is left alone", () =>
  withHints((said) => {
    for (
      const inputs of [
        ["inspect", "debian:12"],
        ["copy", "oci:dir", "file.tar"],
        ["inspect", "docker://dir"],
        ["ls", "debian", "dir"],
        ["push", "dir", "a/b"],
        ["copy", "a/b", "c/d", "--tag=dir"],
        [],
      ]
    ) assert.equal(said(...inputs), undefined, inputs.join(" "));
    const archive = new ScratchbuildError("no", { code: "ARCHIVE" });
    assert.equal(mistakenLocation(archive, ["ls", "localhost:1"]), undefined);
    assert.equal(mistakenLocation(new Error("no"), ["ls", "a"]), undefined);
  }));

test("a registry alone is one without a repository", () => {
  for (const host of ["localhost:5000", "127.0.0.1:80", "ghcr.io:443"]) {
    assert.equal(
      mistakenLocation(failed, ["push", "dist", host]),
      `"${host}" names no repository, which stands behind it: ${host}/NAME`,
    );
  }
});

test("a kind of place that other programs have is told to be none", () => {
  assert.match(
    mistakenLocation(failed, ["copy", "docker-daemon:app:1", "oci:x"]) ?? "",
    /^"docker-daemon:app:1" reads as a name on Docker Hub; .* docker-archive:FILE /,
  );
});

test("a hint stands behind the error, but for an interruption", () => {
  const options = { debug: false, hint: () => "Do this" };
  const controller = new AbortController();
  const { signal } = controller;
  assert.equal(
    errorLines(failed, { ...options, signal }),
    "scratchbuild: Cannot get it. Do this",
  );
  controller.abort();
  assert.equal(
    errorLines(failed, { ...options, signal }),
    "scratchbuild: Cannot get it",
  );
});
