import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { unpackTar } from "modern-tar";
import { npmTarball } from "../../scripts/npm_tarball.ts";

const text = (content: string) => new TextEncoder().encode(content);

test("npmTarball does not depend on the order of the files", async () => {
  const files: [string, Uint8Array][] = [["b.js", text("b")], ["a", text("a")]];
  assert.deepEqual(
    await npmTarball(new Map(files), []),
    await npmTarball(new Map(files.toReversed()), []),
  );
});

test("npmTarball puts files below package/ and marks executables", async () => {
  const tarball = await npmTarball(
    new Map([["cli.js", text("#!\n")], ["src/a.js", text("")]]),
    ["cli.js"],
  );
  const entries = await unpackTar(new Uint8Array(gunzipSync(tarball)));
  assert.deepEqual(
    entries.map(({ header, data }) => [header.name, header.mode, data?.length]),
    [["package/cli.js", 0o755, 3], ["package/src/a.js", 0o644, 0]],
  );
});
