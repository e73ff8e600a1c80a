import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { createLayerFromTar } from "../../src/image/create_layer_from_tar.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import { layerPath } from "../../src/tar/layer_path.ts";
import { readTar } from "../../src/tar/read/read_tar.ts";
import {
  corpusFile,
  readCorpus,
  skipWithoutCorpora,
} from "../support/corpora.ts";
import { readLayer } from "./read_layer.ts";

/** What Go's `archive/tar` read from a file. */
interface Oracle {
  readonly File: string;
  readonly Error?: string;
}

/** What holds more than that is holes. */
const LARGE = 1 << 26;

/** What files a tar holds, the last ones of each path, with their content. */
async function filesOf(tar: Uint8Array): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { type, path, size, body } of readTar([tar])) {
    if (size > LARGE) throw new RangeError("too large");
    const hash = createHash("sha256");
    for await (const chunk of body) hash.update(chunk);
    files.delete(layerPath(path));
    if (type === "file") files.set(layerPath(path), hash.digest("hex"));
  }
  return files;
}

/** The result of something, nothing where it is refused as it should be. */
async function unlessRefused<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    assert.ok(error instanceof ScratchbuildError, String(error));
    assert.match(error.message, /^Cannot [^\n]+$/);
    return undefined;
  }
}

test("tars of other projects are layers, or refused", {
  skip: skipWithoutCorpora,
}, async () => {
  const counts = { taken: 0, anew: 0 };
  for (const { File, Error } of readCorpus<Oracle[]>("tar-oracles/go.json")) {
    const bytes = new Uint8Array(readFileSync(corpusFile(File)));
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const taken = await unlessRefused(
      createLayerFromTar(bytes, { whiteouts: true, compression: "none" }),
    );
    if (taken === undefined) continue;
    assert.equal(Error ?? "", "", `${File} is malformed`);
    counts.taken++;
    const tar = isGzip ? new Uint8Array(gunzipSync(bytes)) : bytes;
    const digest = createHash("sha256").update(tar).digest("hex");
    assert.equal(taken.diffId, `sha256:${digest}`, File);

    const expected = await filesOf(tar).catch(() => undefined);
    if (expected === undefined) continue;
    const anew = await unlessRefused(
      createLayerFromTar(bytes, {
        prefix: "/p",
        whiteouts: true,
        compression: "none",
      }),
    );
    if (anew === undefined) continue;
    counts.anew++;
    const found = new Map(
      (await readLayer(anew)).map((entry) => [entry.path, entry]),
    );
    for (const [path, content] of expected) {
      const entry = found.get(`p/${path}`);
      const file = entry?.type === "hardlink" ? found.get(entry.target) : entry;
      const hash = createHash("sha256").update(file?.bytes ?? "");
      assert.equal(hash.digest("hex"), content, `${path} of ${File}`);
    }
  }
  assert.ok(counts.taken >= 100 && counts.anew >= 50, JSON.stringify(counts));
});
